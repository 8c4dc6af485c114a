-- Asks the table, not to_regclass(): that one answers from a cache which an advisory lock does not
-- bring up to date.
CREATE OR REPLACE FUNCTION aether_has_partition(p_name TEXT) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'evenements'::regclass AND c.relname = p_name
    );
END
$$;
