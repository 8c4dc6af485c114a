-- horizon: no event at or below it can appear any more. last: the highest number drawn so far.
--
-- The order matters: first the sequence, then the locks; and events are read in a later statement,
-- whose snapshot is newer than both.
CREATE OR REPLACE FUNCTION aether_horizon(OUT horizon BIGINT, OUT last BIGINT)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_held BIGINT;
BEGIN
    IF pg_is_in_recovery() THEN
        SELECT position INTO horizon FROM aether_beacon;
        last := horizon;
        RETURN;
    END IF;
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last FROM aether_event_sequence;
    -- A lock holds the low 31 bits of its value; the distance back from `last` restores the rest. A
    -- distance beyond half the circle is a value above `last`: an append that began after the line
    -- above, and holds nothing back.
    SELECT max(distance) INTO v_held
    FROM (SELECT ((last & 2147483647) - objid::bigint) & 2147483647 AS distance
          FROM pg_locks
          WHERE locktype = 'advisory'
            AND classid::bigint = aether_lock_space()
            AND objsubid = 2
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         ) AS running
    WHERE distance < 1073741824;
    horizon := last - coalesce(v_held, 0);
END
$$;
