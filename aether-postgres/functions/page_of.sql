-- The events of a page that are in tables of months, which are asked one after the other until there are enough.
--
-- Where each page needs other months, a statement over all of its tables would seldom be used again. Planning a query
-- for each table costs less than planning one over them all.
CREATE OR REPLACE FUNCTION aether_page_of(
    p_tables          TEXT[],
    p_first           BIGINT[],  -- none of their events is below this, in ascending order,
    p_last            BIGINT[],  -- or above this
    p_after           BIGINT,
    p_until           BIGINT,
    p_limit           BIGINT,    -- more may be returned, and in another order
    p_event_types     TEXT[],    -- NULL, as in what follows: any
    p_aggregate_types TEXT[],
    p_aggregate_ids   UUID[],
    p_correlation_id  TEXT,
    p_slices          INTEGER[]  -- from one to the other
)
RETURNS TABLE (
    event_sequence BIGINT, event_id UUID, event_type VARCHAR, aggregate_id UUID, aggregate_type VARCHAR,
    aggregate_version INTEGER, payload JSONB, metadata JSONB, "timestamp" TIMESTAMPTZ,
    created_at TIMESTAMPTZ, schema_version SMALLINT, slice SMALLINT
)
LANGUAGE plpgsql
STABLE -- see aether_events_in()
SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    v_conditions TEXT := concat(
        CASE WHEN p_event_types IS NOT NULL THEN ' AND e.event_type = ANY ($4::varchar[])' END,
        CASE WHEN p_aggregate_types IS NOT NULL THEN ' AND e.aggregate_type = ANY ($5::varchar[])' END,
        CASE WHEN p_aggregate_ids IS NOT NULL THEN ' AND e.aggregate_id = ANY ($6)' END,
        CASE WHEN p_correlation_id IS NOT NULL THEN ' AND e.metadata->>''correlationId'' = $7' END,
        CASE WHEN p_slices IS NOT NULL THEN ' AND e.slice BETWEEN ($8)[1] AND ($8)[2]' END
    );
    v_found BIGINT := 0;
    v_last  BIGINT := 0;
    v_rows  BIGINT;
BEGIN
    FOR i IN 1 .. cardinality(p_tables) LOOP
        EXIT WHEN v_found >= p_limit AND p_first[i] > v_last;
        RETURN QUERY EXECUTE format(
            'SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
                    e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at, e.schema_version, e.slice
             FROM %I AS e WHERE e.event_sequence > $1 AND e.event_sequence <= $2%s
             ORDER BY e.event_sequence LIMIT $3', p_tables[i], v_conditions)
        USING p_after, p_until, p_limit, p_event_types, p_aggregate_types, p_aggregate_ids, p_correlation_id, p_slices;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_found := v_found + v_rows;
        v_last := greatest(v_last, p_last[i]);
    END LOOP;
END
$$;
