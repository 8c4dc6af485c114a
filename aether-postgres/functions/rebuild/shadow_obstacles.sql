-- What keeps tables from being replaced by copies, in words.
CREATE OR REPLACE FUNCTION aether_shadow_obstacles(p_tables TEXT[]) RETURNS SETOF TEXT
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_tables    OID[] := aether_shadow_tables(p_tables);
    v_sequences OID[];
    v_types     OID[];
BEGIN
    SELECT coalesce(array_agg(s.sequence), '{}') INTO v_sequences
    FROM aether_shadow_sequences(v_tables) AS s;
    SELECT coalesce(array_agg(t.oid), '{}') INTO v_types
    FROM pg_type AS t
    WHERE t.oid IN (SELECT reltype FROM pg_class WHERE oid = ANY (v_tables))
       OR t.oid IN (SELECT e.typarray FROM pg_class AS c JOIN pg_type AS e ON e.oid = c.reltype
                    WHERE c.oid = ANY (v_tables));

    RETURN QUERY
    SELECT format('there is no table %s', t.name) FROM unnest(p_tables) AS t(name)
    WHERE to_regclass(quote_ident(t.name)) IS NULL;

    RETURN QUERY
    SELECT format('%s is %s', c.oid::regclass, CASE c.relkind
            WHEN 'p' THEN 'a partitioned table' WHEN 'v' THEN 'a view'
            WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table'
            ELSE 'no table' END)
    FROM pg_class AS c WHERE c.oid = ANY (v_tables) AND c.relkind <> 'r';

    RETURN QUERY
    SELECT format('%s is %s', c.oid::regclass, CASE
            WHEN c.relpersistence = 't' THEN 'a temporary table'
            WHEN c.relispartition THEN 'a partition'
            WHEN c.reloftype <> 0 THEN 'a table of a composite type'
            ELSE 'part of an inheritance tree' END)
    FROM pg_class AS c
    WHERE c.oid = ANY (v_tables) AND c.relkind = 'r'
      AND (c.relpersistence = 't' OR c.relispartition OR c.reloftype <> 0
           OR EXISTS (SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent)));

    RETURN QUERY
    SELECT format('%s %s belongs to %s, whose rights are needed',
                  CASE c.relkind WHEN 'v' THEN 'the view' ELSE 'the table' END,
                  c.oid::regclass, pg_get_userbyid(c.relowner))
    FROM pg_class AS c
    WHERE (c.oid = ANY (v_tables)
           OR c.oid IN (SELECT aether_shadow_views(v_tables))
           OR c.oid IN (SELECT conrelid FROM pg_constraint
                        WHERE contype = 'f' AND confrelid = ANY (v_tables)))
      AND NOT pg_has_role(c.relowner, 'USAGE');

    RETURN QUERY
    SELECT format('%s has the trigger %I', t.tgrelid::regclass, t.tgname)
    FROM pg_trigger AS t WHERE t.tgrelid = ANY (v_tables) AND NOT t.tgisinternal;

    RETURN QUERY
    SELECT format('%s has the rule %I', r.ev_class::regclass, r.rulename)
    FROM pg_rewrite AS r
    WHERE r.ev_class = ANY (v_tables) AND r.rulename <> '_RETURN';

    RETURN QUERY
    SELECT format('%s has row level security', c.oid::regclass)
    FROM pg_class AS c
    WHERE c.oid = ANY (v_tables)
      AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid));

    RETURN QUERY
    SELECT format('%s has a security label', l.objoid::regclass)
    FROM pg_seclabel AS l
    WHERE l.classoid = 'pg_class'::regclass AND l.objoid = ANY (v_tables);

    RETURN QUERY
    SELECT format('%s belongs to an extension', d.objid::regclass)
    FROM pg_depend AS d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = ANY (v_tables) AND d.deptype = 'e';

    RETURN QUERY
    SELECT DISTINCT CASE
        WHEN v.relkind = 'm' THEN format('the materialized view %s reads %s', v.oid::regclass,
                                         d.refobjid::regclass)
        ELSE format('the rule %I of %s uses %s', r.rulename, v.oid::regclass, d.refobjid::regclass)
        END
    FROM pg_depend AS d
    JOIN pg_rewrite AS r ON r.oid = d.objid
    JOIN pg_class AS v ON v.oid = r.ev_class
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = ANY (v_tables)
      AND NOT (v.relkind = 'v' AND r.rulename = '_RETURN')
      AND NOT v.oid = ANY (v_tables);

    RETURN QUERY
    SELECT format('the partitioned table %s has the foreign key %I to %s', k.conrelid::regclass,
                  k.conname, k.confrelid::regclass)
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables) AND NOT k.conrelid = ANY (v_tables)
      AND (c.relkind = 'p' OR c.relispartition);

    RETURN QUERY
    SELECT format('the default of %s uses the sequence %s in an unusual way',
                  pg_describe_object('pg_class'::regclass, a.adrelid, a.adnum), s.sequence::regclass)
    FROM aether_shadow_sequences(v_tables) AS s
    JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.sequence
    JOIN pg_attrdef AS a ON a.oid = d.objid
    WHERE NOT (a.adrelid = s.owner_table AND a.adnum = s.owner_column
               AND pg_get_expr(a.adbin, a.adrelid)
                   = format('nextval(%L::regclass)', s.sequence::regclass::text));

    -- whatever else would be lost, or would keep the old table from being dropped
    RETURN QUERY
    SELECT DISTINCT format('%s depends on %s', pg_describe_object(d.classid, d.objid, d.objsubid),
                           pg_describe_object(d.refclassid, d.refobjid, 0))
    FROM pg_depend AS d
    WHERE ((d.refclassid = 'pg_class'::regclass
            AND (d.refobjid = ANY (v_tables) OR d.refobjid = ANY (v_sequences)))
           OR (d.refclassid = 'pg_type'::regclass AND d.refobjid = ANY (v_types)))
      AND CASE d.classid
          WHEN 'pg_class'::regclass THEN NOT EXISTS (
              SELECT FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
              WHERE c.oid = d.objid AND (i.indrelid = ANY (v_tables) OR c.relkind IN ('t', 'S')
                                         OR (c.oid = ANY (v_tables) AND d.refobjid = c.oid)))
          WHEN 'pg_constraint'::regclass THEN NOT EXISTS (
              SELECT FROM pg_constraint AS k
              WHERE k.oid = d.objid AND (k.contype = 'f' OR k.conrelid = ANY (v_tables)))
          WHEN 'pg_attrdef'::regclass THEN
              NOT d.refobjid = ANY (v_sequences)
              AND NOT EXISTS (SELECT FROM pg_attrdef AS a
                              WHERE a.oid = d.objid AND a.adrelid = ANY (v_tables))
          WHEN 'pg_type'::regclass THEN NOT d.objid = ANY (v_types)
          WHEN 'pg_statistic_ext'::regclass THEN FALSE
          -- named above
          WHEN 'pg_rewrite'::regclass THEN d.refclassid = 'pg_type'::regclass
          WHEN 'pg_trigger'::regclass THEN FALSE
          WHEN 'pg_policy'::regclass THEN FALSE
          ELSE TRUE END;
END
$$;
