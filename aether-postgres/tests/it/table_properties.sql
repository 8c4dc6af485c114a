SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT concat_ws(' ', 'table', c.relname, c.relkind, c.relpersistence, c.reloptions, t.reloptions,
                     c.relreplident, obj_description(c.oid), pg_get_userbyid(c.relowner)) AS line
    FROM pg_class AS c LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid
    WHERE c.relnamespace = '$SCHEMA'::regnamespace AND c.relname IN ('Coffres', 'pieces')
    UNION ALL
    SELECT concat_ws(' ', 'column', c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
                     format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                     a.attstorage, a.attcompression, a.attcollation::regcollation, a.attstattarget,
                     a.attoptions, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = '$SCHEMA'::regnamespace AND c.relname IN ('Coffres', 'pieces')
    UNION ALL
    SELECT concat_ws(' ', 'constraint', c.relname, k.conname, k.contype, k.convalidated, k.condeferrable,
                     pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint'))
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
    WHERE c.relnamespace = '$SCHEMA'::regnamespace AND c.relname IN ('Coffres', 'pieces')
    UNION ALL
    SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), c.reloptions,
                     obj_description(i.indexrelid, 'pg_class'))
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE c.relnamespace = '$SCHEMA'::regnamespace AND t.relname IN ('Coffres', 'pieces')
    UNION ALL
    SELECT concat_ws(' ', 'sequence', c.relname, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
                     q.seqcycle, format_type(q.seqtypid, NULL))
    FROM pg_sequence AS q JOIN pg_class AS c ON c.oid = q.seqrelid
    WHERE c.relnamespace = '$SCHEMA'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(s.oid)) FROM pg_statistic_ext AS s
    WHERE s.stxnamespace = '$SCHEMA'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'acl', c.relname, a.grantee::text, a.privilege_type, a.is_grantable)
    FROM pg_class AS c,
         aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
                                                  c.relowner))) AS a
    WHERE c.relnamespace = '$SCHEMA'::regnamespace AND c.relkind IN ('r', 'S')
      AND c.relname IN ('Coffres', 'pieces', 'numeros', 'identites')
    UNION ALL
    SELECT concat_ws(' ', 'column acl', c.relname, a.attname, a.attacl)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
    WHERE c.relnamespace = '$SCHEMA'::regnamespace
) AS lines
