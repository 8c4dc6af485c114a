-- The events at some positions.
CREATE OR REPLACE FUNCTION aether_events_at(p_positions BIGINT[])
RETURNS TABLE (
    event_sequence BIGINT, event_id UUID, event_type VARCHAR, aggregate_id UUID, aggregate_type VARCHAR,
    aggregate_version INTEGER, payload JSONB, metadata JSONB, "timestamp" TIMESTAMPTZ,
    created_at TIMESTAMPTZ, schema_version SMALLINT
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT e.*
        FROM aether_events_in(
            ARRAY(
                SELECT DISTINCT t.name
                FROM (SELECT DISTINCT u.position >> 10 << 10 AS first FROM unnest(p_positions) AS u(position)) AS b,
                     aether_tables_at(b.first, b.first) AS t(name)
            ),
            'WHERE e.event_sequence = ANY ($1)', FALSE, p_positions
        ) AS e;
END
$$;
