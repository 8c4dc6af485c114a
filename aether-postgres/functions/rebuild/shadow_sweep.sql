-- Drops what swaps have put aside. Returns the reasons where something could not be; a later call tries again.
CREATE OR REPLACE FUNCTION aether_shadow_sweep() RETURNS SETOF TEXT LANGUAGE plpgsql VOLATILE AS $$
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
