-- One aggregate's history in one round trip: a snapshot if one fits (a row without event_sequence,
-- its state as payload, its fingerprint as position), then the events behind it.
CREATE FUNCTION aether_load(
    p_aggregate   UUID,
    p_after       INTEGER,
    p_until       INTEGER,      -- NULL: to the newest
    p_until_time  TIMESTAMPTZ,  -- NULL: any time
    p_fingerprint BIGINT        -- NULL: no snapshot
)
RETURNS TABLE (
    event_sequence BIGINT, event_id UUID, event_type VARCHAR, aggregate_id UUID,
    aggregate_type VARCHAR, aggregate_version INTEGER, payload JSONB, metadata JSONB,
    "timestamp" TIMESTAMPTZ, created_at TIMESTAMPTZ, schema_version SMALLINT, head INTEGER
)
LANGUAGE plpgsql
STABLE -- one snapshot for all statements: what the archiver moves meanwhile is not missed
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_head  aether_streams;
    v_after INTEGER := p_after;
    v_until INTEGER := coalesce(p_until, 2147483647);
    v_snap  INTEGER;
BEGIN
    SELECT * INTO v_head FROM aether_streams AS s WHERE s.aggregate_id = p_aggregate;
    IF NOT FOUND OR v_head.version = 0 THEN
        RETURN;
    END IF;
    IF p_until_time IS NOT NULL THEN
        SELECT coalesce(max(e.aggregate_version), 0) INTO v_until
        FROM aether_log AS e
        WHERE e.aggregate_id = p_aggregate AND e.timestamp <= p_until_time;
    END IF;
    IF p_fingerprint IS NOT NULL THEN
        RETURN QUERY
            SELECT NULL::bigint, s.snapshot_id, ''::varchar, s.aggregate_id, s.aggregate_type,
                   s.aggregate_version, s.state, '{}'::jsonb, s.created_at, s.created_at, 0::smallint,
                   v_head.version
            FROM snapshots AS s
            WHERE s.aggregate_id = p_aggregate AND s.fingerprint = p_fingerprint
              AND s.aggregate_version > p_after AND s.aggregate_version <= v_until
            ORDER BY s.aggregate_version DESC
            LIMIT 1;
        IF FOUND THEN
            SELECT max(s.aggregate_version) INTO v_snap
            FROM snapshots AS s
            WHERE s.aggregate_id = p_aggregate AND s.fingerprint = p_fingerprint
              AND s.aggregate_version > p_after AND s.aggregate_version <= v_until;
            v_after := v_snap;
        END IF;
    END IF;
    IF v_head.archived THEN
        RETURN QUERY
            SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
                   e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at,
                   e.schema_version, v_head.version
            FROM aether_log AS e
            WHERE e.aggregate_id = p_aggregate
              AND e.aggregate_version > v_after AND e.aggregate_version <= v_until
            ORDER BY e.aggregate_version;
    ELSE
        RETURN QUERY
            SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
                   e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at,
                   e.schema_version, v_head.version
            FROM evenements AS e
            WHERE e.aggregate_id = p_aggregate
              AND e.aggregate_version > v_after AND e.aggregate_version <= v_until
              AND e.timestamp BETWEEN v_head.first_event_at AND v_head.last_event_at
            ORDER BY e.aggregate_version;
    END IF;
    IF NOT FOUND AND v_snap IS NULL THEN
        -- nothing in the range: still say which aggregate this is
        RETURN QUERY SELECT NULL::bigint, NULL::uuid, NULL::varchar, p_aggregate, v_head.aggregate_type,
            v_head.version, NULL::jsonb, NULL::jsonb, NULL::timestamptz, NULL::timestamptz,
            NULL::smallint, v_head.version;
    END IF;
END
$$;
