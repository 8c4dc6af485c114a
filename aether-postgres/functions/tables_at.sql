-- The tables that the events from one position to another are in, or more: the archive and the DEFAULT partition, then
-- those of months, the newest first.
CREATE OR REPLACE FUNCTION aether_tables_at(p_first BIGINT, p_last BIGINT) RETURNS SETOF TEXT
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN NEXT 'evenements_archive';
    RETURN NEXT 'evenements_default';
    IF EXISTS (
        SELECT FROM aether_months AS m
        WHERE m.bucket BETWEEN p_first >> 10 AND p_last >> 10 AND m.month = 'infinity'
    ) THEN
        RETURN QUERY
            SELECT p.name FROM aether_partitions() AS p WHERE p.starts IS NOT NULL ORDER BY p.starts DESC;
    ELSE
        RETURN QUERY
            SELECT c.relname::text
            FROM (
                SELECT DISTINCT m.month FROM aether_months AS m
                WHERE m.bucket BETWEEN p_first >> 10 AND p_last >> 10
            ) AS m
            JOIN pg_class AS c
                ON c.relname = ('evenements_' || to_char(m.month AT TIME ZONE 'UTC', 'YYYY_MM'))::name
            WHERE c.relispartition AND c.relkind = 'r'
              AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'evenements'::regclass)
            ORDER BY m.month DESC;
    END IF;
END
$$;
