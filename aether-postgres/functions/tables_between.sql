-- The tables that the events from one time to another are in, or more: the archive and the DEFAULT partition, then those
-- of months, the newest first.
CREATE OR REPLACE FUNCTION aether_tables_between(p_from TIMESTAMPTZ, p_to TIMESTAMPTZ) RETURNS SETOF TEXT
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    -- names have the order of their months in the years of four digits
    v_ordered BOOLEAN := p_from >= '0001-01-01 00:00:00+00' AND p_to < '9999-01-01 00:00:00+00';
    v_first   NAME := 'evenements_' || CASE WHEN v_ordered THEN to_char(p_from AT TIME ZONE 'UTC', 'YYYY_MM') ELSE '' END;
    v_last    NAME := 'evenements_' || CASE WHEN v_ordered THEN to_char(p_to AT TIME ZONE 'UTC', 'YYYY_MM') ELSE ':' END;
BEGIN
    RETURN NEXT 'evenements_archive';
    RETURN NEXT 'evenements_default';
    RETURN QUERY
        SELECT c.relname::text
        FROM pg_class AS c
        WHERE c.relname >= v_first AND c.relname <= v_last
          AND c.relname::text ~ '^evenements_[0-9]{4,}_[0-9]{2}$'
          AND c.relispartition AND c.relkind = 'r'
          AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'evenements'::regclass)
        ORDER BY c.relname DESC;
END
$$;
