-- Makes an empty table like a live one, but for its foreign keys and privileges.
CREATE OR REPLACE FUNCTION aether_shadow_copy(p_schema TEXT, p_live OID) RETURNS OID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_live   RECORD;
    v_shadow OID;
    v_name   TEXT;
    v_part   RECORD;
    v_prefix TEXT;
BEGIN
    SELECT c.*, n.nspname, am.amname, ts.spcname, t.reloptions AS toast_options
    INTO v_live
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_am AS am ON am.oid = c.relam
    LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
    LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid
    WHERE c.oid = p_live;
    v_name := format('%I.%I', p_schema, v_live.relname);
    PERFORM set_config('default_tablespace', coalesce(v_live.spcname, ''), true);
    EXECUTE format('CREATE %s TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS)
                    USING %I %s',
        CASE v_live.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END, v_name, p_live::regclass,
        v_live.amname,
        'WITH (' || nullif(concat_ws(', ', aether_shadow_options('', v_live.reloptions),
            aether_shadow_options('toast.', v_live.toast_options)), '') || ')');
    v_shadow := to_regclass(v_name);
    PERFORM aether_shadow_copy_sequences(p_live, v_shadow);

    FOR v_part IN
        SELECT attname, attstattarget, attoptions FROM pg_attribute
        WHERE attrelid = p_live AND attnum > 0 AND NOT attisdropped
          AND (coalesce(attstattarget, -1) >= 0 OR attoptions IS NOT NULL)
    LOOP
        IF coalesce(v_part.attstattarget, -1) >= 0 THEN
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', v_name,
                           v_part.attname, v_part.attstattarget);
        END IF;
        IF v_part.attoptions IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', v_name, v_part.attname,
                           aether_shadow_options('', v_part.attoptions));
        END IF;
    END LOOP;

    -- indexes, with the constraint that some of them stand for
    FOR v_part IN
        SELECT i.*, c.relname, c.reloptions, k.oid AS constraint_oid, k.conname, ts.spcname,
               pg_get_indexdef(i.indexrelid) AS definition,
               pg_get_constraintdef(k.oid) AS constraint_definition,
               obj_description(i.indexrelid, 'pg_class') AS comment,
               obj_description(k.oid, 'pg_constraint') AS constraint_comment
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid
        LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
        LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = p_live
            AND k.contype IN ('p', 'u', 'x')
        WHERE i.indrelid = p_live ORDER BY i.indexrelid
    LOOP
        PERFORM set_config('default_tablespace', coalesce(v_part.spcname, ''), true);
        IF v_part.constraint_oid IS NULL THEN
            v_prefix := format('CREATE %sINDEX %I ON %I.%I ',
                               CASE WHEN v_part.indisunique THEN 'UNIQUE ' END, v_part.relname,
                               v_live.nspname, v_live.relname);
            IF NOT starts_with(v_part.definition, v_prefix) THEN
                RAISE EXCEPTION 'the definition of the index % is not understood: %',
                    v_part.relname, v_part.definition USING ERRCODE = 'AER01';
            END IF;
            EXECUTE format('CREATE %sINDEX %I ON %s %s',
                           CASE WHEN v_part.indisunique THEN 'UNIQUE ' END, v_part.relname, v_name,
                           substr(v_part.definition, length(v_prefix) + 1));
        ELSE
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', v_name, v_part.conname,
                           v_part.constraint_definition);
            IF v_part.reloptions IS NOT NULL THEN
                EXECUTE format('ALTER INDEX %I.%I SET (%s)', p_schema, v_part.relname,
                               aether_shadow_options('', v_part.reloptions));
            END IF;
            IF v_part.constraint_comment IS NOT NULL THEN
                EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', v_part.conname, v_name,
                               v_part.constraint_comment);
            END IF;
        END IF;
        IF v_part.comment IS NOT NULL THEN
            EXECUTE format('COMMENT ON INDEX %I.%I IS %L', p_schema, v_part.relname, v_part.comment);
        END IF;
        IF v_part.indisclustered THEN
            EXECUTE format('ALTER TABLE %s CLUSTER ON %I', v_name, v_part.relname);
        END IF;
        IF v_part.indisreplident THEN
            EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', v_name, v_part.relname);
        END IF;
    END LOOP;
    IF v_live.relreplident IN ('f', 'n') THEN
        EXECUTE format('ALTER TABLE %s REPLICA IDENTITY %s', v_name,
                       CASE v_live.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END);
    END IF;

    FOR v_part IN
        SELECT s.stxname, n.nspname, pg_get_statisticsobjdef(s.oid) AS definition,
               obj_description(s.oid, 'pg_statistic_ext') AS comment
        FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
        WHERE s.stxrelid = p_live
    LOOP
        v_prefix := format('CREATE STATISTICS %I.%I', v_part.nspname, v_part.stxname);
        EXECUTE format('CREATE STATISTICS %I.%I%s%s', p_schema, v_part.stxname,
            substr(left(v_part.definition, -length(p_live::regclass::text)), length(v_prefix) + 1),
            v_name);
        IF v_part.comment IS NOT NULL THEN
            EXECUTE format('COMMENT ON STATISTICS %I.%I IS %L', p_schema, v_part.stxname,
                           v_part.comment);
        END IF;
    END LOOP;

    IF obj_description(p_live, 'pg_class') IS NOT NULL THEN
        EXECUTE format('COMMENT ON TABLE %s IS %L', v_name, obj_description(p_live, 'pg_class'));
    END IF;
    RETURN v_shadow;
END
$$;
