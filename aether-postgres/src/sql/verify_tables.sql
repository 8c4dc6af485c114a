-- The live tables of these names: how they are written, the columns whose default differs from insert to insert (of which
-- some count), and the primary key.
SELECT t.name, format('%I.%I', n.nspname, c.relname), d.varying, d.counting, k.columns
FROM unnest($1::text[]) WITH ORDINALITY AS t(name, place)
JOIN pg_class AS c ON c.oid = to_regclass(quote_ident(t.name))
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE v.varies), '{}') AS varying,
           coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE v.counts), '{}') AS counting
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum AND a.attgenerated = ''
    CROSS JOIN LATERAL (
        SELECT a.attidentity <> '' OR coalesce(f.adbin::text ~ '\{(SQLVALUEFUNCTION|NEXTVALUEEXPR)', FALSE)
               OR EXISTS (
                   SELECT FROM regexp_matches(f.adbin::text, ':(?:func|opfunc)id (\d+)', 'g') AS m(ids)
                   JOIN pg_proc AS p ON p.oid = m.ids[1]::oid
                   WHERE p.provolatile <> 'i') AS varies,
               coalesce(pg_get_expr(f.adbin, f.adrelid) LIKE 'nextval(%', FALSE) AS counts
    ) AS v
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS d
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS columns
    FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
    WHERE i.indrelid = c.oid AND i.indisprimary
) AS k
ORDER BY t.place
