-- The plain views that read tables directly. Views on them keep what they are bound to.
CREATE OR REPLACE FUNCTION aether_shadow_views(p_tables OID[]) RETURNS SETOF OID LANGUAGE sql STABLE AS $$
    SELECT DISTINCT v.oid
    FROM pg_depend AS d
    JOIN pg_rewrite AS r ON r.oid = d.objid AND r.rulename = '_RETURN'
    JOIN pg_class AS v ON v.oid = r.ev_class AND v.relkind = 'v'
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = ANY (p_tables)
$$;
