-- Which life of the log this is; NULL if it has no name yet: see aether_begin_incarnation().
CREATE OR REPLACE FUNCTION aether_incarnation() RETURNS UUID LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_id UUID;
BEGIN
    IF pg_is_in_recovery() THEN
        SELECT b.incarnation INTO v_id FROM aether_beacon AS b;
    ELSE
        SELECT i.id INTO v_id FROM aether_incarnation AS i
        WHERE i.started = pg_postmaster_start_time() AND i.file = pg_relation_filepath(i.tableoid);
    END IF;
    RETURN v_id;
END
$$;
