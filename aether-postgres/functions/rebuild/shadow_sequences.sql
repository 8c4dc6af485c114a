-- The sequences that belong to columns of tables: serial ones, and those of identity columns.
CREATE OR REPLACE FUNCTION aether_shadow_sequences(p_tables OID[])
RETURNS TABLE (owner_table OID, owner_column SMALLINT, sequence OID, is_identity BOOLEAN)
LANGUAGE sql STABLE AS $$
    SELECT d.refobjid, d.refobjsubid::smallint, s.oid, d.deptype = 'i'
    FROM pg_depend AS d
    JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = ANY (p_tables) AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
$$;
