-- What a partition has of its own: unique indexes as a second net, the guard against TRUNCATE, and the readers of the log.
CREATE OR REPLACE FUNCTION aether_finish_partition(p_name TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    v_reader TEXT;
BEGIN
    EXECUTE format('CREATE UNIQUE INDEX ON %I (event_sequence)', p_name);
    EXECUTE format('CREATE UNIQUE INDEX ON %I (aggregate_id, aggregate_version)', p_name);
    EXECUTE format(
        'CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I
         FOR EACH STATEMENT EXECUTE FUNCTION aether_refuse_change()', p_name);
    FOR v_reader IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
        FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE c.oid = 'evenements'::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO %s', p_name, v_reader);
    END LOOP;
END
$$;
