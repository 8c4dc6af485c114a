-- Moves up to p_limit of the oldest events that happened before p_before to the archive, month by month. Returns how
-- many; 0 means that none is left.
CREATE OR REPLACE FUNCTION aether_archive(p_before TIMESTAMPTZ, p_limit INTEGER) RETURNS BIGINT
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_partition TEXT;
    v_some      BOOLEAN;
    v_moved     BIGINT := 0;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- one at a time, and not while emptied months are dropped
    PERFORM pg_advisory_xact_lock(aether_lock_space() # 8, 0);
    FOR v_partition IN
        SELECT p.name FROM aether_partitions() AS p
        WHERE (p.starts IS NULL OR p.starts < p_before)
          -- one that was emptied has no pages, once it was vacuumed
          AND pg_relation_size(p.id) > 0
        ORDER BY p.starts NULLS FIRST
    LOOP
        EXIT WHEN v_moved >= p_limit;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE timestamp < $1)', v_partition)
        INTO v_some USING p_before;
        IF v_some THEN
            v_moved := v_moved + aether_move_to_archive(
                v_partition, '-infinity', p_before, p_limit - v_moved);
        END IF;
    END LOOP;
    RETURN v_moved;
END
$$;

REVOKE EXECUTE ON FUNCTION aether_archive(TIMESTAMPTZ, INTEGER) FROM PUBLIC;
