-- Makes empty copies of tables, the same in everything but their schema. The schema is made if need be; one
-- that is there has to be empty. The caller's transaction makes all of it or nothing.
CREATE OR REPLACE FUNCTION aether_shadow_create(p_schema TEXT, p_tables TEXT[]) RETURNS VOID
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
