-- The events that meet a condition in tables of the log, which are named, all as one snapshot has them.
--
-- A query that names its tables costs the same however many months there are. So that they are not all locked
-- together, ten are asked at a time, in a subtransaction that is rolled back: its locks go, and what was found stays.
CREATE OR REPLACE FUNCTION aether_events_in(
    p_tables    TEXT[],
    p_condition TEXT,              -- from WHERE on, for events `e` of each table
    p_bare      BOOLEAN,           -- without payloads and metadata
    p_positions BIGINT[],          -- $1 of the condition
    p_streams   UUID[] DEFAULT NULL, -- $2
    p_events    UUID[] DEFAULT NULL  -- $3
)
RETURNS TABLE (
    event_sequence BIGINT, event_id UUID, event_type VARCHAR, aggregate_id UUID, aggregate_type VARCHAR,
    aggregate_version INTEGER, payload JSONB, metadata JSONB, "timestamp" TIMESTAMPTZ,
    created_at TIMESTAMPTZ, schema_version SMALLINT
)
LANGUAGE plpgsql
-- One snapshot, that of the caller's statement: an event that moves to the archive meanwhile is found in one of its
-- two places. A month that is made meanwhile has no event that the snapshot sees.
STABLE
SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    v_content TEXT := CASE WHEN p_bare THEN 'NULL::jsonb, NULL::jsonb' ELSE 'e.payload, e.metadata' END;
    v_tables  TEXT[];
BEGIN
    FOR v_first IN 1 .. cardinality(p_tables) BY 10 LOOP
        v_tables := p_tables[v_first : v_first + 9];
        LOOP
            BEGIN
                RETURN QUERY EXECUTE (
                    SELECT string_agg(format(
                        '(SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
                                 e.aggregate_version, %s, e.timestamp, e.created_at, e.schema_version
                          FROM %I AS e %s)', v_content, t.name, p_condition), ' UNION ALL ')
                    FROM unnest(v_tables) AS t(name)
                ) USING p_positions, p_streams, p_events;
                RAISE EXCEPTION USING ERRCODE = 'AES02';
            EXCEPTION
                WHEN SQLSTATE 'AES02' THEN
                    EXIT;
                WHEN undefined_table THEN
                    -- A month was dropped since it was named. This snapshot finds its events in the archive.
                    v_tables := ARRAY(
                        SELECT t.name FROM unnest(v_tables) AS t(name)
                        WHERE to_regclass(quote_ident(t.name)) IS NOT NULL
                    );
                    EXIT WHEN v_tables = '{}';
            END;
        END LOOP;
    END LOOP;
END
$$;
