-- How far behind each projection is, and who runs it: for operators, dashboards and alarms.

-- What the lease of a projection's shard is called in aether_leases.
CREATE FUNCTION aether_projection_lease(p_projection TEXT, p_shard INTEGER) RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$
    SELECT 'projection/' || p_projection || '/' || p_shard
$$;

-- One row for each shard of each projection. A function, since compiling a query over all partitions takes
-- seconds where running it takes milliseconds: no JIT.
--
-- lag_events: the events behind the checkpoint that are the shard's to handle. A log that is more than
-- 100 000 positions ahead is not counted: then it is the difference of positions, which is never less.
-- lag_seconds: how long ago the oldest of them was stored; 0 if there is none.
-- dead_letters: events the shard could not handle and nobody has dealt with; waiting: events of the same
-- aggregates that are held up behind them.
CREATE FUNCTION aether_projection_lags() RETURNS TABLE (
    projection   TEXT,
    shard        INTEGER,
    shards       INTEGER,
    paused       BOOLEAN,
    "position"   BIGINT,
    epoch        BIGINT,
    failure      TEXT,
    updated_at   TIMESTAMPTZ,
    holder       TEXT,
    lag_events   BIGINT,
    lag_seconds  DOUBLE PRECISION,
    dead_letters BIGINT,
    waiting      BIGINT
) LANGUAGE sql VOLATILE SET jit = off AS $$
    WITH shards AS (
        SELECT p.projection, s.shard, p.shards, p.paused, p.event_types, p.aggregate_types
        FROM aether_projections AS p, generate_series(0, p.shards - 1) AS s(shard)
        UNION ALL
        -- checkpoints of projections that never said what they are interested in
        SELECT c.projection, c.shard, 1, FALSE, '{}', '{}'
        FROM aether_checkpoints AS c
        WHERE NOT EXISTS (SELECT FROM aether_projections AS p WHERE p.projection = c.projection)
    ), placed AS (
        SELECT s.*,
               s.shard * 1024 / s.shards AS first_slice,
               (s.shard + 1) * 1024 / s.shards AS end_slice,
               coalesce(c.position, 0) AS position,
               coalesce(c.epoch, 0) AS epoch,
               c.failure,
               c.updated_at,
               h.last - coalesce(c.position, 0) AS ahead
        FROM shards AS s
        CROSS JOIN aether_horizon() AS h
        LEFT JOIN aether_checkpoints AS c ON c.projection = s.projection AND c.shard = s.shard
    )
    SELECT s.projection,
           s.shard,
           s.shards,
           s.paused,
           s.position,
           s.epoch,
           s.failure,
           s.updated_at,
           n.name,
           CASE WHEN s.ahead > 100000 THEN s.ahead ELSE pending.events END,
           greatest(0, coalesce(
               extract(epoch FROM clock_timestamp() - coalesce(pending.oldest, next.created_at)), 0
           ))::double precision,
           letters.dead,
           letters.waiting
    FROM placed AS s
    LEFT JOIN aether_leases AS l
        ON l.lease = aether_projection_lease(s.projection, s.shard)
        AND l.expires_at > clock_timestamp()
    LEFT JOIN aether_nodes AS n ON n.node = l.node
    CROSS JOIN LATERAL (
        SELECT count(*) AS events, min(e.created_at) AS oldest
        FROM aether_log AS e
        WHERE s.ahead <= 100000
          AND e.event_sequence > s.position
          AND (s.event_types = '{}' OR e.event_type = ANY (s.event_types))
          AND (s.aggregate_types = '{}' OR e.aggregate_type = ANY (s.aggregate_types))
          AND e.slice >= s.first_slice
          AND e.slice < s.end_slice
    ) AS pending
    LEFT JOIN LATERAL (
        SELECT e.created_at
        FROM aether_log AS e
        WHERE s.ahead > 100000 AND e.event_sequence > s.position
        ORDER BY e.event_sequence
        LIMIT 1
    ) AS next ON TRUE
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE d.state IN ('failed', 'retry', 'skip')) AS dead,
               count(*) FILTER (WHERE d.state = 'waiting') AS waiting
        FROM aether_dead_letters AS d
        WHERE d.projection = s.projection
          AND NOT d.rebuild
          AND d.slice >= s.first_slice
          AND d.slice < s.end_slice
    ) AS letters
$$;

CREATE VIEW aether_projection_lag AS SELECT * FROM aether_projection_lags();
