-- Drops copies, and their schema if it is ours and empty then.
CREATE OR REPLACE FUNCTION aether_shadow_drop(p_schema TEXT, p_tables TEXT[]) RETURNS VOID
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
