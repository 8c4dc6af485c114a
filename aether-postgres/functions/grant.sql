-- Gives a role what an application needs, or (p_write false) what a reader needs, and nothing else: no UPDATE, DELETE or
-- TRUNCATE of events. For the owner of the store to call; a migration renews it, and new tables are part of it then.
CREATE OR REPLACE FUNCTION aether_grant(p_role NAME, p_write BOOLEAN DEFAULT TRUE) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_schema OID := (SELECT relnamespace FROM pg_class WHERE oid = 'evenements'::regclass);
    v_owner  OID := (SELECT relowner FROM pg_class WHERE oid = 'evenements'::regclass);
    v_item   RECORD;
    v_rights TEXT;
BEGIN
    IF pg_has_role(p_role, v_owner, 'MEMBER') THEN
        RAISE EXCEPTION 'role % can do what % can, which owns the store: take that from it first, or grant another role',
                p_role, pg_get_userbyid(v_owner) USING ERRCODE = 'invalid_grant_operation';
    END IF;
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM %I; GRANT USAGE ON SCHEMA %1$s TO %2$I',
                   v_schema::regnamespace, p_role);
    IF has_schema_privilege(p_role, v_schema, 'CREATE') THEN
        RAISE EXCEPTION 'role % may create functions in schema %, which the owner of the store would run: REVOKE CREATE '
                'ON SCHEMA % FROM PUBLIC, or from the role that it is a member of',
                p_role, v_schema::regnamespace, v_schema::regnamespace USING ERRCODE = 'invalid_grant_operation';
    END IF;
    FOR v_item IN
        SELECT c.oid, c.relname::text AS name, c.relkind FROM pg_class AS c
        WHERE c.relnamespace = v_schema AND c.relowner = v_owner AND c.relkind IN ('r', 'p', 'v', 'S')
          AND (starts_with(c.relname, 'aether_') OR c.relname IN ('evenements', 'evenements_archive', 'snapshots')
               OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'evenements'::regclass))
    LOOP
        v_rights := CASE
            WHEN v_item.name = 'aether_last_given_up' AND p_write THEN 'USAGE, SELECT, UPDATE'
            WHEN v_item.relkind = 'S' THEN CASE WHEN p_write THEN 'USAGE, SELECT' ELSE 'SELECT' END
            WHEN NOT p_write THEN 'SELECT'
            WHEN v_item.name = 'evenements' THEN 'SELECT, INSERT'
            WHEN starts_with(v_item.name, 'evenements_') THEN 'SELECT'
            WHEN v_item.name IN ('aether_migrations', 'aether_functions', 'aether_grants') THEN 'SELECT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE'
        END;
        EXECUTE format('REVOKE ALL ON %1$s %2$s FROM %3$I; GRANT %4$s ON %1$s %2$s TO %3$I',
                       CASE v_item.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, v_item.oid::regclass, p_role,
                       v_rights);
    END LOOP;
    FOR v_item IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = v_schema AND p.proowner = v_owner AND starts_with(p.proname, 'aether_') AND p.prosecdef
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %I', v_item.oid::regprocedure, p_role);
        IF p_write THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_item.oid::regprocedure, p_role);
        END IF;
    END LOOP;
    INSERT INTO aether_grants (role, writes) VALUES (p_role, p_write)
    ON CONFLICT (role) DO UPDATE SET writes = excluded.writes;
END
$$;
