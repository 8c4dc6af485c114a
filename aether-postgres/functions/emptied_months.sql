-- Partitions of months before p_before that have no events, the oldest first. A few at a time, so that few tables are
-- locked: months are emptied in order, and after some that are full there are none.
CREATE OR REPLACE FUNCTION aether_emptied_months(p_before TIMESTAMPTZ) RETURNS SETOF TEXT
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_partition TEXT;
    v_some      BOOLEAN;
    v_emptied   INTEGER := 0;
    v_full      INTEGER := 0;
BEGIN
    FOR v_partition IN
        SELECT p.name FROM aether_partitions() AS p WHERE p.starts < p_before ORDER BY p.starts
    LOOP
        EXIT WHEN v_emptied = 8 OR v_full = 4;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', v_partition) INTO v_some;
        IF v_some THEN
            v_full := v_full + 1;
        ELSE
            v_emptied := v_emptied + 1;
            RETURN NEXT v_partition;
        END IF;
    END LOOP;
END
$$;
