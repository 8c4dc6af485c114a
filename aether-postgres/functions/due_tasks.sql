-- What can be settled now, with the first of each process only: timers before commands, each in their order.
CREATE OR REPLACE FUNCTION aether_due_tasks(
    p_manager TEXT,
    p_now     TIMESTAMPTZ, -- by the clock of the engine
    p_latest  TIMESTAMPTZ, -- what was put off until later than this was put off by a clock that was wrong
    p_busy    UUID[],      -- those that are being settled
    p_limit   BIGINT
)
RETURNS TABLE (
    kind TEXT, id UUID, process_id UUID, name TEXT, command JSONB, metadata JSONB, tries INTEGER, failures INTEGER
)
LANGUAGE plpgsql STABLE
-- A queue is short when its plan is made, and may be long later. In the order of its index only the rows in front are
-- read, however many there are; a sort reads all of them.
SET plan_cache_mode = force_generic_plan
SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    RETURN QUERY
        SELECT due.kind, due.id, due.process_id, due.name, due.command, due.metadata, due.tries, due.failures
        FROM (
            (
                SELECT 1 AS place, t.due_at, NULL::bigint AS number, 'timer' AS kind, t.timer_id AS id, t.process_id,
                       t.name, NULL::jsonb AS command, t.metadata, t.tries, t.failures
                FROM aether_timers AS t
                WHERE t.manager = p_manager AND t.due_at <= p_now AND t.state = 'pending'
                  AND (t.retry_at IS NULL OR t.retry_at <= p_now OR t.retry_at > p_latest)
                  AND t.timer_id <> ALL (p_busy)
                  -- the first of its process
                  AND NOT EXISTS (
                      SELECT FROM aether_timers AS earlier
                      WHERE earlier.manager = p_manager AND earlier.process_id = t.process_id
                        AND (earlier.due_at, earlier.name) < (t.due_at, t.name)
                        AND earlier.state = 'pending'
                        AND (earlier.retry_at IS NULL OR earlier.retry_at <= p_now OR earlier.retry_at > p_latest)
                  )
                ORDER BY t.due_at, t.name
                LIMIT p_limit
            )
            UNION ALL
            (
                SELECT 2, NULL, o.number, CASE o.state WHEN 'skip' THEN 'skip' ELSE 'command' END, o.command_id,
                       o.process_id, NULL, o.command, o.metadata, o.tries, o.failures
                FROM aether_outbox AS o
                WHERE o.manager = p_manager
                  AND (o.state = 'skip'
                       OR o.state = 'pending' AND (o.retry_at IS NULL OR o.retry_at <= p_now OR o.retry_at > p_latest))
                  AND o.command_id <> ALL (p_busy)
                  -- the oldest of its process
                  AND NOT EXISTS (
                      SELECT FROM aether_outbox AS earlier
                      WHERE earlier.manager = p_manager AND earlier.process_id = o.process_id
                        AND earlier.number < o.number
                  )
                ORDER BY o.number
                LIMIT p_limit
            )
        ) AS due
        ORDER BY due.place, due.due_at, due.name, due.number
        LIMIT p_limit;
END
$$;
