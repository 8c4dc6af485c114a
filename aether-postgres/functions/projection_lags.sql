-- One row for each shard of each projection. A function, since compiling a query over all partitions takes
-- seconds where running it takes milliseconds: no JIT.
--
-- lag_events: the events after the checkpoint that are the shard's to handle. A log that is more than
-- 100 000 positions ahead is not counted: then it is the difference of positions, which is never less.
-- lag_seconds: how long ago the oldest of them was stored; 0 if there is none.
-- dead_letters: events the shard could not handle and nobody has dealt with; waiting: events of the same
-- aggregates that are held up behind them.
CREATE OR REPLACE FUNCTION aether_projection_lags() RETURNS TABLE (
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
    WITH inline AS (
        -- they run inside of appends and lag nowhere, unless nodes have run them, too
        SELECT i.projection
        FROM aether_inline_projections AS i
        WHERE NOT EXISTS (
            SELECT FROM aether_leases AS l WHERE starts_with(l.lease, 'projection/' || i.projection || '/')
        )
    ), shards AS (
        SELECT p.projection, s.shard, p.shards, p.paused, p.event_types, p.aggregate_types
        FROM aether_projections AS p, generate_series(0, p.shards - 1) AS s(shard)
        WHERE NOT EXISTS (SELECT FROM inline AS i WHERE i.projection = p.projection)
        UNION ALL
        -- checkpoints of projections that never said what they are interested in
        SELECT c.projection, c.shard, 1, FALSE, '{}', '{}'
        FROM aether_checkpoints AS c
        WHERE NOT EXISTS (SELECT FROM aether_projections AS p WHERE p.projection = c.projection)
          AND NOT EXISTS (SELECT FROM inline AS i WHERE i.projection = c.projection)
    )
    SELECT s.projection,
           s.shard,
           s.shards,
           s.paused,
           coalesce(c.position, 0),
           coalesce(c.epoch, 0),
           c.failure,
           c.updated_at,
           lag.holder,
           lag.lag_events,
           lag.lag_seconds,
           letters.dead,
           letters.waiting
    FROM shards AS s
    CROSS JOIN aether_horizon() AS h
    LEFT JOIN aether_checkpoints AS c ON c.projection = s.projection AND c.shard = s.shard
    CROSS JOIN LATERAL aether_shard_lag(
        s.projection, s.shard, s.shards, coalesce(c.position, 0), h.last, s.event_types,
        s.aggregate_types
    ) AS lag
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE d.state IN ('failed', 'retry', 'skip')) AS dead,
               count(*) FILTER (WHERE d.state = 'waiting') AS waiting
        FROM aether_dead_letters AS d
        WHERE d.projection = s.projection
          AND NOT d.rebuild
          AND d.slice >= s.shard * 1024 / s.shards
          AND d.slice < (s.shard + 1) * 1024 / s.shards
    ) AS letters
$$;
