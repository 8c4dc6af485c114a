-- The end of the log, as a process learns it: aether_horizon(), which life of the log it holds for, and how much of the
-- write-ahead log it rests on.
--
-- Until the server has flushed up to `noted`, a crash may give numbers at or below the horizon out again. `noted` is
-- read after the horizon, and `flushed` after that.
CREATE OR REPLACE FUNCTION aether_log_end(
    OUT incarnation UUID, OUT standby BOOLEAN, OUT horizon BIGINT, OUT last BIGINT, OUT noted BIGINT,
    OUT flushed BIGINT
)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    incarnation := aether_incarnation();
    SELECT h.horizon, h.last INTO horizon, last FROM aether_horizon() AS h;
    standby := pg_is_in_recovery();
    IF standby THEN
        -- what it has replayed was flushed by the primary
        noted := 0;
        flushed := 0;
        RETURN;
    END IF;
    noted := pg_current_wal_insert_lsn() - '0/0'::pg_lsn;
    -- past the header of a page that has nothing on it yet
    IF noted % 8192 IN (24, 40) THEN
        noted := noted - noted % 8192;
    END IF;
    flushed := pg_current_wal_flush_lsn() - '0/0'::pg_lsn;
END
$$;
