-- Puts the copies in the place of the live tables: catalogue work only. These go to a schema of their own, for
-- aether_shadow_sweep: nobody should wait until the files of large tables are gone. Without the right to make a
-- schema they are dropped at once. The caller holds
-- the locks of aether_shadow_lock. Returns the foreign keys of other tables that have to be validated later.
CREATE OR REPLACE FUNCTION aether_shadow_swap(p_schema TEXT, p_tables TEXT[])
RETURNS TABLE (table_name TEXT, constraint_name TEXT)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_tables OID[] := aether_shadow_tables(p_tables);
    v_moves  JSONB;
    v_views  JSONB;
    v_keys   JSONB;
    v_item   RECORD;
    v_retire TEXT := format('aether_retired_%s', pg_current_xact_id());
BEGIN
    PERFORM aether_shadow_check(p_tables);
    PERFORM aether_shadow_compare(p_schema, p_tables);

    SELECT jsonb_agg(jsonb_build_object('name', c.relname, 'schema', n.nspname)) INTO v_moves
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = ANY (v_tables);
    SELECT jsonb_agg(jsonb_build_object(
        -- a name without its schema would make a view in the first one of the search path
        'definition', format('CREATE OR REPLACE VIEW %I.%I %s AS %s', n.nspname, v.relname,
            'WITH (' || aether_shadow_options('', v.reloptions) || ')', pg_get_viewdef(v.oid)),
        -- the same columns from nowhere
        'hollow', format('CREATE OR REPLACE VIEW %I.%I AS SELECT %s', n.nspname, v.relname, (
            SELECT string_agg(format('NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod),
                ' COLLATE ' || CASE WHEN a.attcollation <> t.typcollation
                    THEN a.attcollation::regcollation::text END, a.attname), ', ' ORDER BY a.attnum)
            FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped))))
    INTO v_views
    FROM pg_class AS v JOIN pg_namespace AS n ON n.oid = v.relnamespace
    WHERE v.oid IN (SELECT aether_shadow_views(v_tables));
    SELECT jsonb_agg(jsonb_build_object(
        'table', k.conrelid::regclass::text, 'name', k.conname, 'validated', k.convalidated,
        'definition', pg_get_constraintdef(k.oid),
        'comment', obj_description(k.oid, 'pg_constraint')))
    INTO v_keys
    FROM pg_constraint AS k
    WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables) AND NOT k.conrelid = ANY (v_tables)
      AND k.conparentid = 0;

    -- privileges may have been given and taken since the copies were made
    FOR v_item IN
        SELECT c.oid AS live, to_regclass(format('%I.%I', p_schema, c.relname)) AS shadow
        FROM pg_class AS c WHERE c.oid = ANY (v_tables)
    LOOP
        PERFORM aether_shadow_grant(v_item.live, v_item.shadow);
    END LOOP;

    FOR v_item IN SELECT * FROM jsonb_to_recordset(v_keys) AS k("table" TEXT, name TEXT) LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', v_item."table", v_item.name);
    END LOOP;
    FOR v_item IN SELECT * FROM jsonb_to_recordset(v_views) AS v(hollow TEXT) LOOP
        EXECUTE v_item.hollow;
    END LOOP;
    -- the tables they refer to are locked now, and should not have to be once more
    FOR v_item IN
        SELECT k.conrelid::regclass AS "table", k.conname AS name FROM pg_constraint AS k
        WHERE k.contype = 'f' AND k.conrelid = ANY (v_tables) AND NOT k.confrelid = ANY (v_tables)
          AND k.conparentid = 0
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', v_item."table", v_item.name);
    END LOOP;
    IF has_database_privilege(current_database(), 'CREATE') THEN
        EXECUTE format('CREATE SCHEMA %I', v_retire);
        FOR v_item IN
            SELECT format('STATISTICS %I.%I', n.nspname, s.stxname) AS what, 0 AS place
            FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
            WHERE s.stxrelid = ANY (v_tables)
            UNION ALL
            SELECT format('TABLE %s', t.oid::regclass), 1 FROM unnest(v_tables) AS t(oid)
            ORDER BY 2
        LOOP
            EXECUTE format('ALTER %s SET SCHEMA %I', v_item.what, v_retire);
        END LOOP;
    ELSE
        EXECUTE format('DROP TABLE %s',
                       (SELECT string_agg(t.oid::regclass::text, ', ') FROM unnest(v_tables) AS t(oid)));
    END IF;
    FOR v_item IN SELECT * FROM jsonb_to_recordset(v_moves) AS m(name TEXT, schema TEXT) LOOP
        EXECUTE (
            SELECT coalesce(string_agg(format('ALTER STATISTICS %I.%I SET SCHEMA %I; ', p_schema,
                                              s.stxname, v_item.schema), ''), '')
            FROM pg_statistic_ext AS s
            WHERE s.stxrelid = to_regclass(format('%I.%I', p_schema, v_item.name))
        ) || format('ALTER TABLE %I.%I SET SCHEMA %I', p_schema, v_item.name, v_item.schema);
    END LOOP;
    FOR v_item IN SELECT * FROM jsonb_to_recordset(v_views) AS v(definition TEXT) LOOP
        EXECUTE v_item.definition;
    END LOOP;
    FOR v_item IN
        SELECT * FROM jsonb_to_recordset(v_keys)
            AS k("table" TEXT, name TEXT, definition TEXT, validated BOOLEAN, comment TEXT)
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', v_item."table", v_item.name,
                       v_item.definition, CASE WHEN v_item.validated THEN ' NOT VALID' END);
        IF v_item.comment IS NOT NULL THEN
            EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', v_item.name, v_item."table",
                           v_item.comment);
        END IF;
        IF v_item.validated THEN
            table_name := v_item."table";
            constraint_name := v_item.name;
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM aether_shadow_drop(p_schema, '{}');
END
$$;
