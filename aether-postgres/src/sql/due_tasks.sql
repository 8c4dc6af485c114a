-- timers before commands, each in their order
SELECT kind, id, process_id, name, command, metadata, tries, failures
FROM (
    (
        SELECT 1 AS place, t.due_at, NULL::bigint AS number, 'timer' AS kind, t.timer_id AS id, t.process_id,
               t.name, NULL::jsonb AS command, t.metadata, t.tries, t.failures
        FROM aether_timers AS t
        WHERE t.manager = $1 AND t.due_at <= $2 AND t.state = 'pending'
          AND (t.retry_at IS NULL OR t.retry_at <= $2 OR t.retry_at > $3)
          AND t.timer_id <> ALL ($4)
          -- the first of its process
          AND NOT EXISTS (
              SELECT FROM aether_timers AS earlier
              WHERE earlier.manager = $1 AND earlier.process_id = t.process_id
                AND (earlier.due_at, earlier.name) < (t.due_at, t.name)
                AND earlier.state = 'pending'
                AND (earlier.retry_at IS NULL OR earlier.retry_at <= $2 OR earlier.retry_at > $3)
          )
        ORDER BY t.due_at, t.name
        LIMIT $5
    )
    UNION ALL
    (
        SELECT 2, NULL, o.number, CASE o.state WHEN 'skip' THEN 'skip' ELSE 'command' END, o.command_id,
               o.process_id, NULL, o.command, o.metadata, o.tries, o.failures
        FROM aether_outbox AS o
        WHERE o.manager = $1
          AND (o.state = 'skip'
               OR o.state = 'pending' AND (o.retry_at IS NULL OR o.retry_at <= $2 OR o.retry_at > $3))
          AND o.command_id <> ALL ($4)
          -- the oldest of its process
          AND NOT EXISTS (
              SELECT FROM aether_outbox AS earlier
              WHERE earlier.manager = $1 AND earlier.process_id = o.process_id
                AND earlier.number < o.number
          )
        ORDER BY o.number
        LIMIT $5
    )
) AS due
ORDER BY place, due_at, name, number
LIMIT $5
