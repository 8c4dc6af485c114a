-- Moves a rebuild on, if it is still the caller's: FALSE if not. Raises AER04 if this transaction has touched
-- one of the live tables: then its events would be in there twice.
CREATE OR REPLACE FUNCTION aether_rebuild_move(
    p_projection TEXT, p_position BIGINT, p_epoch BIGINT, p_to BIGINT, p_lease_ms BIGINT, p_live OID[])
RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_touched TEXT;
BEGIN
    SELECT l.relation::regclass::text INTO v_touched FROM pg_locks AS l
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = ANY (p_live)
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    LIMIT 1;
    IF v_touched IS NOT NULL THEN
        RAISE EXCEPTION '%', v_touched USING ERRCODE = 'AER04';
    END IF;
    UPDATE aether_rebuilds
    SET position = p_to, updated_at = clock_timestamp(),
        alive_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
    WHERE projection = p_projection AND position = p_position AND epoch = p_epoch;
    RETURN FOUND;
END
$$;
