-- The partitions of the log by the month they are for; that of the DEFAULT partition is NULL.
CREATE OR REPLACE FUNCTION aether_partitions() RETURNS TABLE (id OID, name TEXT, starts TIMESTAMPTZ)
LANGUAGE sql STABLE AS $$
    SELECT c.oid,
           c.relname::text,
           CASE WHEN c.relname ~ '^evenements_[0-9]{4,}_[0-9]{2}$'
               THEN to_date(substr(c.relname, 12), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC'
           END
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'evenements'::regclass
$$;
