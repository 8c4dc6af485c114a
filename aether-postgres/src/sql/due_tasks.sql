(
    SELECT 'timer', timer_id, process_id, name, NULL::jsonb, metadata, tries, failures
    FROM aether_timers
    WHERE manager = $1 AND due_at <= $2 AND state = 'pending'
      AND (retry_at IS NULL OR retry_at <= $2 OR retry_at > $3)
      AND timer_id <> ALL ($4)
    ORDER BY due_at
    LIMIT $5
)
UNION ALL
(
    SELECT CASE o.state WHEN 'skip' THEN 'skip' ELSE 'command' END, o.command_id, o.process_id, NULL,
           o.command, o.metadata, o.tries, o.failures
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
LIMIT $5
