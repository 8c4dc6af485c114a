-- lag_events: the events after the position that are the shard's to handle. A log that is more than 100 000
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
) LANGUAGE plpgsql
STABLE -- see aether_month_events(); the DEFAULT partition by name, since a newer plan may leave it out
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_ahead  BIGINT := p_last - p_position;
    v_month  RECORD;
    v_some   RECORD;
    v_oldest TIMESTAMPTZ;
BEGIN
    holder := (
        SELECT n.name
        FROM aether_leases AS l
        JOIN aether_nodes AS n ON n.node = l.node
        WHERE l.lease = aether_projection_lease(p_projection, p_shard)
          AND l.expires_at > clock_timestamp()
    );
    IF v_ahead > 100000 THEN
        lag_events := v_ahead;
        SELECT e.created_at INTO v_oldest FROM aether_next(p_position) AS e;
    ELSE
        lag_events := 0;
        FOR v_month IN
            -- what is in no month's partition first
            SELECT NULL::timestamptz AS starts, NULL::timestamptz AS ends
            UNION ALL
            SELECT m.starts, m.ends FROM aether_months_of(p_position, p_last) AS m
        LOOP
            SELECT count(*) AS events, min(e.created_at) AS oldest INTO v_some
            FROM (
                SELECT e.event_sequence, e.event_type, e.aggregate_type, e.slice, e.created_at
                FROM evenements AS e
                WHERE e.timestamp >= v_month.starts AND e.timestamp < v_month.ends
                  AND e.tableoid <> 'evenements_default'::regclass
                UNION ALL
                SELECT e.event_sequence, e.event_type, e.aggregate_type, e.slice, e.created_at
                FROM evenements_default AS e WHERE v_month.starts IS NULL
                UNION ALL
                SELECT e.event_sequence, e.event_type, e.aggregate_type, e.slice, e.created_at
                FROM evenements_archive AS e WHERE v_month.starts IS NULL
            ) AS e
            WHERE e.event_sequence > p_position
              AND (p_event_types = '{}' OR e.event_type = ANY (p_event_types))
              AND (p_aggregate_types = '{}' OR e.aggregate_type = ANY (p_aggregate_types))
              AND e.slice >= p_shard * 1024 / p_shards
              AND e.slice < (p_shard + 1) * 1024 / p_shards;
            lag_events := lag_events + v_some.events;
            v_oldest := least(v_oldest, v_some.oldest);
        END LOOP;
    END IF;
    lag_seconds := greatest(0, coalesce(extract(epoch FROM clock_timestamp() - v_oldest), 0));
    RETURN NEXT;
END
$$;
