-- Drops the partition of a month that has no events any more. Returns whether it was dropped.
--
-- Only for months whose last event was moved before every running query began: an older one still has to find it
-- there. The caller holds the lock that keeps aether_archive() away.
CREATE OR REPLACE FUNCTION aether_drop_month(p_name TEXT) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_some BOOLEAN;
    v_wait TEXT := current_setting('lock_timeout');
BEGIN
    IF NOT EXISTS (SELECT FROM aether_partitions() AS p WHERE p.name = p_name AND p.starts IS NOT NULL) THEN
        RETURN FALSE;
    END IF;
    -- everybody queues behind who waits for these: better to come again; the log first, as every append does
    PERFORM set_config('lock_timeout', '2s', true);
    LOCK TABLE ONLY evenements IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', p_name);
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', p_name) INTO v_some;
    IF NOT v_some THEN
        EXECUTE format('DROP TABLE %I', p_name);
    END IF;
    PERFORM set_config('lock_timeout', v_wait, true);
    RETURN NOT v_some;
END
$$;

REVOKE EXECUTE ON FUNCTION aether_drop_month(TEXT) FROM PUBLIC;
