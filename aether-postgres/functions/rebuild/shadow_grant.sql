-- Gives a table or sequence the privileges of another one.
CREATE OR REPLACE FUNCTION aether_shadow_grant(p_from OID, p_to OID) RETURNS VOID
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
