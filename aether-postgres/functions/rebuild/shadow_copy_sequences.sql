-- Makes the sequences of a copied table's serial columns, and gives those of its identity columns their
-- names. They begin anew: the copy is filled as if the projection had never run.
CREATE OR REPLACE FUNCTION aether_shadow_copy_sequences(p_live OID, p_shadow OID) RETURNS VOID
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
