-- Rebuilding read models beside the live ones: empty copies of tables in a schema of their own, and the
-- exchange of the two. See src/rebuild.rs.
--
-- Names of tables are looked up along the search path of the caller, which must not hold the shadow
-- schema. SQLSTATEs: AER01 these tables can not be rebuilt so, AER03 the live tables are not what they were
-- when the rebuild began, AER04 a live table was touched by a rebuild.

-- Rebuilds that have begun and are not swapped in yet.
CREATE TABLE aether_rebuilds (
    projection  TEXT        PRIMARY KEY COLLATE "C",
    -- projections that are rebuilt together share one
    schema_name TEXT        NOT NULL,
    tables      TEXT[]      NOT NULL,
    position    BIGINT      NOT NULL DEFAULT 0,
    -- whoever may move the position
    epoch       BIGINT      NOT NULL,
    -- for operators, a few seconds old: how many events there were, and how far the log goes
    events      BIGINT      NOT NULL DEFAULT 0,
    target      BIGINT      NOT NULL DEFAULT 0,
    phase       TEXT        NOT NULL DEFAULT 'filling',
    started_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- until then nobody else may take it over
    alive_until TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);

-- The tables of these names, in this order; those that do not exist are missing.
CREATE FUNCTION aether_shadow_tables(p_tables TEXT[]) RETURNS OID[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(to_regclass(quote_ident(name))::oid ORDER BY place)
                        FILTER (WHERE to_regclass(quote_ident(name)) IS NOT NULL), '{}')
    FROM unnest(p_tables) WITH ORDINALITY AS t(name, place)
$$;

-- The sequences that belong to columns of tables: serial ones, and those of identity columns.
CREATE FUNCTION aether_shadow_sequences(p_tables OID[])
RETURNS TABLE (owner_table OID, owner_column SMALLINT, sequence OID, is_identity BOOLEAN)
LANGUAGE sql STABLE AS $$
    SELECT d.refobjid, d.refobjsubid::smallint, s.oid, d.deptype = 'i'
    FROM pg_depend AS d
    JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = ANY (p_tables) AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
$$;

-- The plain views that read tables directly. Views on them keep what they are bound to.
CREATE FUNCTION aether_shadow_views(p_tables OID[]) RETURNS SETOF OID LANGUAGE sql STABLE AS $$
    SELECT DISTINCT v.oid
    FROM pg_depend AS d
    JOIN pg_rewrite AS r ON r.oid = d.objid AND r.rulename = '_RETURN'
    JOIN pg_class AS v ON v.oid = r.ev_class AND v.relkind = 'v'
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = ANY (p_tables)
$$;

-- What keeps tables from being replaced by copies, in words.
CREATE FUNCTION aether_shadow_obstacles(p_tables TEXT[]) RETURNS SETOF TEXT
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

-- Raises AER01 with all that stands in the way.
CREATE FUNCTION aether_shadow_check(p_tables TEXT[]) RETURNS VOID LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_obstacles TEXT;
BEGIN
    IF cardinality(p_tables) = 0 THEN
        RAISE EXCEPTION 'no tables are named' USING ERRCODE = 'AER01';
    END IF;
    SELECT string_agg(o, '; ' ORDER BY o COLLATE "C") INTO v_obstacles
    FROM aether_shadow_obstacles(p_tables) AS o;
    IF v_obstacles IS NOT NULL THEN
        RAISE EXCEPTION '%', v_obstacles USING ERRCODE = 'AER01';
    END IF;
END
$$;

-- 'name' and 'value' of a storage parameter, as they are written in a WITH clause.
CREATE FUNCTION aether_shadow_options(p_prefix TEXT, p_options TEXT[]) RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(format('%s%s = %L', p_prefix, split_part(o, '=', 1),
                             substr(o, strpos(o, '=') + 1)), ', ')
    FROM unnest(p_options) AS o
$$;

-- Gives a table or sequence the privileges of another one.
CREATE FUNCTION aether_shadow_grant(p_from OID, p_to OID) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_from   pg_class;
    v_to     pg_class;
    v_kind   TEXT;
    v_entry  RECORD;
BEGIN
    SELECT * INTO v_from FROM pg_class WHERE oid = p_from;
    SELECT * INTO v_to FROM pg_class WHERE oid = p_to;
    v_kind := CASE v_from.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END;
    -- none of its own on both sides; default privileges may have given some
    IF v_from.relacl IS NOT NULL OR v_to.relacl IS NOT NULL THEN
        FOR v_entry IN
            SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
            FROM aclexplode(coalesce(v_to.relacl, acldefault(
                CASE v_to.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, v_to.relowner))) AS a
        LOOP
            EXECUTE format('REVOKE ALL ON %s %s FROM %s', v_kind, p_to::regclass, v_entry.grantee);
        END LOOP;
        FOR v_entry IN
            SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee,
                bool_or(a.is_grantable) AS is_grantable
            FROM aclexplode(coalesce(v_from.relacl, acldefault(
                CASE v_from.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END,
                v_from.relowner))) AS a
            GROUP BY 1, 2
        LOOP
            EXECUTE format('GRANT %s ON %s %s TO %s%s', v_entry.privilege_type, v_kind,
                           p_to::regclass, v_entry.grantee,
                           CASE WHEN v_entry.is_grantable THEN ' WITH GRANT OPTION' END);
        END LOOP;
    END IF;
    FOR v_entry IN
        SELECT c.attname, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee, a.is_grantable
        FROM pg_attribute AS c, aclexplode(c.attacl) AS a
        WHERE c.attrelid = p_from AND NOT c.attisdropped
    LOOP
        EXECUTE format('GRANT %s (%I) ON %s TO %s%s', v_entry.privilege_type, v_entry.attname,
                       p_to::regclass, v_entry.grantee,
                       CASE WHEN v_entry.is_grantable THEN ' WITH GRANT OPTION' END);
    END LOOP;
END
$$;

-- Makes the sequences of a copied table's serial columns, and gives those of its identity columns their
-- names. They begin anew: the copy is filled as if the projection had never run.
CREATE FUNCTION aether_shadow_copy_sequences(p_live OID, p_shadow OID) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_schema TEXT := (SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n
                      ON n.oid = c.relnamespace WHERE c.oid = p_shadow);
    v_owned  RECORD;
    v_made   OID;
BEGIN
    FOR v_owned IN
        SELECT s.*, c.relname, a.attname, q.*, o.adbin IS NOT NULL AS is_default
        FROM aether_shadow_sequences(ARRAY[p_live]) AS s
        JOIN pg_class AS c ON c.oid = s.sequence
        JOIN pg_sequence AS q ON q.seqrelid = s.sequence
        JOIN pg_attribute AS a ON a.attrelid = p_live AND a.attnum = s.owner_column
        LEFT JOIN pg_attrdef AS o ON o.adrelid = p_live AND o.adnum = s.owner_column
            AND EXISTS (SELECT FROM pg_depend AS d
                        WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = o.oid
                          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.sequence)
    LOOP
        IF v_owned.is_identity THEN
            SELECT s.sequence INTO v_made
            FROM aether_shadow_sequences(ARRAY[p_shadow]) AS s
            JOIN pg_attribute AS a ON a.attrelid = p_shadow AND a.attnum = s.owner_column
            WHERE a.attname = v_owned.attname;
            IF (SELECT relname FROM pg_class WHERE oid = v_made) <> v_owned.relname THEN
                EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', v_made::regclass, v_owned.relname);
            END IF;
            -- LIKE makes it a bigint
            EXECUTE format('ALTER SEQUENCE %s AS %s', v_made::regclass,
                           format_type(v_owned.seqtypid, NULL));
        ELSE
            EXECUTE format(
                'CREATE SEQUENCE %I.%I AS %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s %s
                 OWNED BY %s.%I',
                v_schema, v_owned.relname, format_type(v_owned.seqtypid, NULL), v_owned.seqincrement,
                v_owned.seqmin, v_owned.seqmax, v_owned.seqstart, v_owned.seqcache,
                CASE WHEN v_owned.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END,
                p_shadow::regclass, v_owned.attname);
            v_made := to_regclass(format('%I.%I', v_schema, v_owned.relname));
            IF v_owned.is_default THEN
                EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT nextval(%L::regclass)',
                               p_shadow::regclass, v_owned.attname, v_made::regclass::text);
            END IF;
        END IF;
    END LOOP;
END
$$;

-- Makes an empty table like a live one, but for its foreign keys and privileges.
CREATE FUNCTION aether_shadow_copy(p_schema TEXT, p_live OID) RETURNS OID
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

-- The foreign keys of a copied table: those to tables of the set refer to the copies.
CREATE FUNCTION aether_shadow_copy_keys(p_schema TEXT, p_live OID, p_tables OID[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_shadow TEXT := format('%I.%I', p_schema, (SELECT relname FROM pg_class WHERE oid = p_live));
    v_key    RECORD;
BEGIN
    FOR v_key IN
        SELECT k.*, c.relname, regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')
                   AS definition, obj_description(k.oid, 'pg_constraint') AS comment
        FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.confrelid
        WHERE k.conrelid = p_live AND k.contype = 'f' AND k.conparentid = 0
        ORDER BY k.oid
    LOOP
        IF v_key.confrelid = ANY (p_tables) THEN
            v_key.definition := replace(v_key.definition,
                format(' REFERENCES %s(', v_key.confrelid::regclass),
                format(' REFERENCES %I.%I(', p_schema, v_key.relname));
        END IF;
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', v_shadow, v_key.conname,
                       v_key.definition);
        IF v_key.comment IS NOT NULL THEN
            EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', v_key.conname, v_shadow,
                           v_key.comment);
        END IF;
    END LOOP;
END
$$;

-- What of a table has to be the same in its copy, in words and without the schemas' names.
CREATE FUNCTION aether_shadow_describe(p_table OID, p_schemas TEXT[]) RETURNS SETOF TEXT
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

-- Raises AER03 if the copies are not like the live tables (any more). A swap of neighbours that commits while this
-- looks shows half of its work: so it looks again, each time with a new snapshot, before it says so.
CREATE FUNCTION aether_shadow_compare(p_schema TEXT, p_tables TEXT[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_schemas TEXT[];
    v_pair    RECORD;
    v_change  TEXT;
BEGIN
    SELECT array_agg(DISTINCT n.nspname) || p_schema INTO v_schemas
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = ANY (aether_shadow_tables(p_tables));
    FOR v_pair IN
        SELECT t.name, to_regclass(quote_ident(t.name)) AS live,
               to_regclass(format('%I.%I', p_schema, t.name)) AS shadow
        FROM unnest(p_tables) AS t(name)
    LOOP
        IF v_pair.live IS NULL OR v_pair.shadow IS NULL THEN
            RAISE EXCEPTION 'the % table % is gone',
                CASE WHEN v_pair.live IS NULL THEN 'live' ELSE 'shadow' END, v_pair.name
                USING ERRCODE = 'AER03';
        END IF;
        FOR v_look IN 1..5 LOOP
            WITH live AS (SELECT l FROM aether_shadow_describe(v_pair.live, v_schemas) AS l),
                 shadow AS (SELECT s FROM aether_shadow_describe(v_pair.shadow, v_schemas) AS s)
            SELECT string_agg(line, '; ') INTO v_change
            FROM (SELECT 'it has ' || l AS line FROM (TABLE live EXCEPT TABLE shadow) AS more
                  UNION ALL
                  SELECT 'it had ' || s FROM (TABLE shadow EXCEPT TABLE live) AS less(s)) AS change;
            EXIT WHEN v_change IS NULL;
            PERFORM pg_sleep(0.02);
        END LOOP;
        IF v_change IS NOT NULL THEN
            RAISE EXCEPTION '% was changed: %', v_pair.name, v_change USING ERRCODE = 'AER03';
        END IF;
    END LOOP;
END
$$;

-- Makes empty copies of tables, the same in everything but their schema. The schema is made if need be; one
-- that is there has to be empty. The caller's transaction makes all of it or nothing.
CREATE FUNCTION aether_shadow_create(p_schema TEXT, p_tables TEXT[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_tables OID[];
    v_live   OID;
    v_shadow OID;
    v_owner  OID;
    v_owned  RECORD;
BEGIN
    PERFORM aether_shadow_check(p_tables);
    v_tables := aether_shadow_tables(p_tables);
    IF to_regnamespace(quote_ident(p_schema)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', p_schema);
    ELSIF EXISTS (SELECT FROM pg_class
                  WHERE relnamespace = to_regnamespace(quote_ident(p_schema))) THEN
        RAISE EXCEPTION 'the schema % is not empty', p_schema USING ERRCODE = 'AER01';
    END IF;
    FOREACH v_live IN ARRAY v_tables LOOP
        PERFORM aether_shadow_copy(p_schema, v_live);
    END LOOP;
    FOREACH v_live IN ARRAY v_tables LOOP
        PERFORM aether_shadow_copy_keys(p_schema, v_live, v_tables);
    END LOOP;
    FOREACH v_live IN ARRAY v_tables LOOP
        SELECT c.relowner, to_regclass(format('%I.%I', p_schema, c.relname))
        INTO v_owner, v_shadow FROM pg_class AS c WHERE c.oid = v_live;
        IF v_owner <> (SELECT relowner FROM pg_class WHERE oid = v_shadow) THEN
            EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', p_schema,
                           pg_get_userbyid(v_owner));
            EXECUTE format('ALTER TABLE %s OWNER TO %I', v_shadow::regclass,
                           pg_get_userbyid(v_owner));
        END IF;
        PERFORM aether_shadow_grant(v_live, v_shadow);
        FOR v_owned IN
            SELECT s.sequence AS live,
                   to_regclass(format('%I.%I', p_schema, c.relname)) AS shadow
            FROM aether_shadow_sequences(ARRAY[v_live]) AS s JOIN pg_class AS c ON c.oid = s.sequence
        LOOP
            PERFORM aether_shadow_grant(v_owned.live, v_owned.shadow);
        END LOOP;
    END LOOP;
    PERFORM aether_shadow_compare(p_schema, p_tables);
END
$$;

-- Locks all that a swap changes: views first, as their readers do, then tables in the order of their
-- names: the live ones, those that refer to them and those that they refer to. Waits for so long in all; then
-- lock_not_available (55P03), and the caller rolls back.
CREATE FUNCTION aether_shadow_lock(p_tables TEXT[], p_patience_ms INTEGER) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_tables OID[];
    v_begun  TIMESTAMPTZ := clock_timestamp();
    v_left   INTEGER;
    v_lock   TEXT;
BEGIN
    -- one swap at a time, and none while a rebuild begins: the names below stay what they are
    PERFORM set_config('lock_timeout', p_patience_ms::text, true);
    PERFORM pg_advisory_xact_lock(aether_lock_space() # 4, 0);
    v_tables := aether_shadow_tables(p_tables);
    FOR v_lock IN
        SELECT sql FROM (
            -- changes nothing; LOCK TABLE would go on to all that the view reads
            SELECT 0 AS kind, v.oid::regclass::text AS name,
                   format('ALTER VIEW %s OWNER TO %I', v.oid::regclass, pg_get_userbyid(v.relowner))
                       AS sql
            FROM pg_class AS v WHERE v.oid IN (SELECT aether_shadow_views(v_tables))
            UNION
            SELECT 1, t.oid::regclass::text,
                   format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', t.oid::regclass)
            FROM (SELECT unnest(v_tables) AS oid
                  UNION
                  SELECT unnest(ARRAY[conrelid, confrelid]) FROM pg_constraint
                  WHERE contype = 'f' AND (conrelid = ANY (v_tables) OR confrelid = ANY (v_tables))
                 ) AS t
        ) AS locks ORDER BY kind, name
    LOOP
        v_left := p_patience_ms
            - floor(extract(epoch FROM clock_timestamp() - v_begun) * 1000)::integer;
        PERFORM set_config('lock_timeout', greatest(v_left, 1)::text, true);
        EXECUTE v_lock;
    END LOOP;
END
$$;

-- Puts the copies in the place of the live tables: catalogue work only. These go to a schema of their own, for
-- aether_shadow_sweep: nobody should wait until the files of large tables are gone. Without the right to make a
-- schema they are dropped at once. The caller holds
-- the locks of aether_shadow_lock. Returns the foreign keys of other tables that have to be validated later.
CREATE FUNCTION aether_shadow_swap(p_schema TEXT, p_tables TEXT[])
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

-- Drops what swaps have put aside. Returns the reasons where something could not be; a later call tries again.
CREATE FUNCTION aether_shadow_sweep() RETURNS SETOF TEXT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_schema NAME;
    v_tables TEXT;
BEGIN
    FOR v_schema IN
        SELECT n.nspname FROM pg_namespace AS n
        WHERE n.nspname ~ '^aether_retired_[0-9]+$' AND pg_has_role(n.nspowner, 'USAGE')
        ORDER BY n.oid
    LOOP
        BEGIN
            SELECT string_agg(c.oid::regclass::text, ', ') INTO v_tables FROM pg_class AS c
            WHERE c.relnamespace = to_regnamespace(quote_ident(v_schema)) AND c.relkind = 'r';
            IF v_tables IS NOT NULL THEN
                EXECUTE format('DROP TABLE %s', v_tables);
            END IF;
            EXECUTE format('DROP SCHEMA %I', v_schema);
        EXCEPTION WHEN lock_not_available OR dependent_objects_still_exist OR invalid_schema_name
                       OR undefined_table THEN
            RETURN NEXT format('%s: %s', v_schema, SQLERRM);
        END;
    END LOOP;
END
$$;

-- Drops copies, and their schema if it is ours and empty then.
CREATE FUNCTION aether_shadow_drop(p_schema TEXT, p_tables TEXT[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_shadows TEXT;
BEGIN
    SELECT string_agg(format('%I.%I', p_schema, t.name), ', ') INTO v_shadows
    FROM unnest(p_tables) AS t(name)
    WHERE to_regclass(format('%I.%I', p_schema, t.name)) IS NOT NULL;
    IF v_shadows IS NOT NULL THEN
        EXECUTE format('DROP TABLE %s', v_shadows);
    END IF;
    IF EXISTS (SELECT FROM pg_namespace AS n
               WHERE n.nspname = p_schema AND pg_has_role(n.nspowner, 'USAGE')
                 AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid)) THEN
        EXECUTE format('DROP SCHEMA %I', p_schema);
    END IF;
END
$$;

-- Moves a rebuild on, if it is still the caller's: FALSE if not. Raises AER04 if this transaction has touched
-- one of the live tables: then its events would be in there twice.
CREATE FUNCTION aether_rebuild_move(
    p_projection TEXT, p_position BIGINT, p_epoch BIGINT, p_to BIGINT, p_lease_ms BIGINT, p_live OID[])
RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_touched TEXT;
BEGIN
    SELECT l.relation::regclass::text INTO v_touched FROM pg_locks AS l
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = ANY (p_live)
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    LIMIT 1;
    IF v_touched IS NOT NULL THEN
        RAISE EXCEPTION '%', v_touched USING ERRCODE = 'AER04';
    END IF;
    UPDATE aether_rebuilds
    SET position = p_to, updated_at = clock_timestamp(),
        alive_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
    WHERE projection = p_projection AND position = p_position AND epoch = p_epoch;
    RETURN FOUND;
END
$$;

-- What has to be true of projections in the moment their rebuilt tables go live: they have come to a position,
-- in all their shards, and their dead letters are those of the rebuild. Returns how many letters there are.
-- A runner that was at another position is fenced off by that and looks where to go on.
CREATE FUNCTION aether_rebuild_finish(p_projections TEXT[], p_position BIGINT, p_epoch BIGINT)
RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE aether_checkpoints
    SET position = p_position, failure = NULL, updated_at = clock_timestamp()
    WHERE projection = ANY (p_projections);
    INSERT INTO aether_checkpoints (projection, shard, position)
    SELECT p.name, s.shard, p_position
    FROM unnest(p_projections) AS p(name)
    LEFT JOIN aether_projections AS r ON r.projection = p.name
    CROSS JOIN LATERAL generate_series(0, coalesce(r.shards, 1) - 1) AS s(shard)
    ON CONFLICT (projection, shard) DO NOTHING;
    DELETE FROM aether_dead_letters WHERE projection = ANY (p_projections) AND NOT rebuild;
    UPDATE aether_dead_letters SET rebuild = FALSE WHERE projection = ANY (p_projections);
    DELETE FROM aether_rebuilds WHERE projection = ANY (p_projections) AND epoch = p_epoch;
    RETURN (SELECT count(*) FROM aether_dead_letters WHERE projection = ANY (p_projections));
END
$$;
