-- lag_events: the events behind the position that are the shard's to handle. A log that is more than 100 000
-- positions ahead is not counted: then it is the difference of positions, which is never less.
-- lag_seconds: how long ago the oldest of them was stored; 0 if there is none.
-- p_last: the last position of the log, from aether_horizon().
CREATE OR REPLACE FUNCTION aether_shard_lag(
    p_projection      TEXT,
    p_shard           INTEGER,
    p_shards          INTEGER,
    p_position        BIGINT,
    p_last            BIGINT,
    p_event_types     TEXT[],
    p_aggregate_types TEXT[]
) RETURNS TABLE (
    holder      TEXT,
    lag_events  BIGINT,
    lag_seconds DOUBLE PRECISION
) LANGUAGE sql VOLATILE SET jit = off AS $$
    SELECT (
               SELECT n.name
               FROM aether_leases AS l
               JOIN aether_nodes AS n ON n.node = l.node
               WHERE l.lease = aether_projection_lease(p_projection, p_shard)
                 AND l.expires_at > clock_timestamp()
           ),
           CASE WHEN s.ahead > 100000 THEN s.ahead ELSE pending.events END,
           greatest(0, coalesce(
               extract(epoch FROM clock_timestamp() - coalesce(pending.oldest, next.created_at)), 0
           ))::double precision
    FROM (SELECT p_last - p_position AS ahead) AS s
    CROSS JOIN LATERAL (
        SELECT count(*) AS events, min(e.created_at) AS oldest
        FROM aether_log AS e
        WHERE s.ahead <= 100000
          AND e.event_sequence > p_position
          AND (p_event_types = '{}' OR e.event_type = ANY (p_event_types))
          AND (p_aggregate_types = '{}' OR e.aggregate_type = ANY (p_aggregate_types))
          AND e.slice >= p_shard * 1024 / p_shards
          AND e.slice < (p_shard + 1) * 1024 / p_shards
    ) AS pending
    LEFT JOIN LATERAL (
        SELECT e.created_at
        FROM aether_log AS e
        WHERE s.ahead > 100000 AND e.event_sequence > p_position
        ORDER BY e.event_sequence
        LIMIT 1
    ) AS next ON TRUE
$$;
