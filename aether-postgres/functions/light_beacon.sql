-- Tells replicas how far they can trust the log, and other processes how far it can be read. Runs after commits,
-- apart from them: NOTIFY takes a lock that would serialise appends, and waits for no disk.
--
-- p_stored: the newest position whose append was acknowledged to the caller, 0 if there is none.
CREATE OR REPLACE FUNCTION aether_light_beacon(p_stored BIGINT, OUT lit BIGINT, OUT last BIGINT)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_incarnation UUID := aether_incarnation();
    v_horizon     BIGINT;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT h.horizon, h.last INTO v_horizon, last FROM aether_horizon() AS h;
    lit := v_horizon;
    UPDATE aether_beacon AS b
    SET position = v_horizon, incarnation = v_incarnation, lit_at = clock_timestamp()
    WHERE b.position < v_horizon OR b.incarnation IS DISTINCT FROM v_incarnation;
    IF FOUND THEN
        PERFORM pg_notify('aether', concat_ws(' ', v_incarnation, least(v_horizon, p_stored)));
    END IF;
END
$$;
