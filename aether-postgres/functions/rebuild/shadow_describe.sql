-- What must be the same in a table and its copy, in words and without the schemas' names.
CREATE OR REPLACE FUNCTION aether_shadow_describe(p_table OID, p_schemas TEXT[]) RETURNS SETOF TEXT
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_line   TEXT;
    v_schema TEXT;
BEGIN
    FOR v_line IN
        SELECT format('column %I %s%s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                      ' collation ' || nullif(a.attcollation, 0)::regcollation::text,
                      CASE WHEN a.attnotnull THEN ' not null' END,
                      ' identity ' || nullif(a.attidentity::text, ''),
                      ' generated ' || nullif(a.attgenerated::text, ''),
                      ' default ' || pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute AS a
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        -- in their order
        SELECT format('columns %s', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
        FROM pg_attribute AS a
        WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT format('constraint %I %s', k.conname,
                      regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
        FROM pg_constraint AS k WHERE k.conrelid = p_table AND k.conparentid = 0
        UNION ALL
        SELECT format('index %s', pg_get_indexdef(i.indexrelid))
        FROM pg_index AS i WHERE i.indrelid = p_table
        UNION ALL
        SELECT format('statistics %s', pg_get_statisticsobjdef(s.oid))
        FROM pg_statistic_ext AS s WHERE s.stxrelid = p_table
    LOOP
        FOR v_schema IN SELECT s FROM unnest(p_schemas) AS s ORDER BY length(s) DESC LOOP
            v_line := replace(v_line, quote_ident(v_schema) || '.', '');
        END LOOP;
        RETURN NEXT v_line;
    END LOOP;
END
$$;
