-- The events at some positions.
CREATE OR REPLACE FUNCTION aether_events_at(p_positions BIGINT[])
RETURNS TABLE (
    event_sequence BIGINT, event_id UUID, event_type VARCHAR, aggregate_id UUID, aggregate_type VARCHAR,
    aggregate_version INTEGER, payload JSONB, metadata JSONB, "timestamp" TIMESTAMPTZ,
    created_at TIMESTAMPTZ, schema_version SMALLINT
)
LANGUAGE plpgsql
-- See aether_month_events(). The DEFAULT partition is read by name: a plan that is newer than the snapshot leaves it
-- out where the month has got a partition.
STABLE
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_month RECORD;
BEGIN
    RETURN QUERY
        SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
               e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at, e.schema_version
        FROM evenements_archive AS e WHERE e.event_sequence = ANY (p_positions)
        UNION ALL
        SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
               e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at, e.schema_version
        FROM evenements_default AS e WHERE e.event_sequence = ANY (p_positions);
    FOR v_month IN
        SELECT DISTINCT m.starts, m.ends
        FROM unnest(p_positions) AS p(position), aether_months_of(p.position, p.position) AS m
    LOOP
        RETURN QUERY
            SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
                   e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at, e.schema_version
            FROM evenements AS e
            WHERE e.event_sequence = ANY (p_positions)
              AND e.timestamp >= v_month.starts AND e.timestamp < v_month.ends
              AND e.tableoid <> 'evenements_default'::regclass;
    END LOOP;
END
$$;
