-- The foreign keys of a copied table: those to tables of the set refer to the copies.
CREATE OR REPLACE FUNCTION aether_shadow_copy_keys(p_schema TEXT, p_live OID, p_tables OID[]) RETURNS VOID
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
