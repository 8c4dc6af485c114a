-- Tells other processes how far the log has grown, and replicas how far they can trust it. Runs after
-- commits, apart from them: NOTIFY takes a lock that would serialise appends, and waits for no disk.
CREATE OR REPLACE FUNCTION aether_announce() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_horizon BIGINT;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT h.horizon INTO v_horizon FROM aether_horizon() AS h;
    UPDATE aether_beacon SET position = v_horizon, lit_at = clock_timestamp()
    WHERE position < v_horizon;
    IF FOUND THEN
        PERFORM pg_notify('aether', v_horizon::text);
    END IF;
    RETURN v_horizon;
END
$$;
