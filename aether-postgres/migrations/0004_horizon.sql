-- How far the log can be trusted: see ARCHITECTURE.md, "A total order that readers can trust".

-- The advisory locks of this store: key space (first key) of running appends.
CREATE FUNCTION aether_lock_space() RETURNS INTEGER LANGUAGE sql STABLE AS $$
    SELECT (('aether_event_sequence'::regclass::oid::bigint # 1095062600) & 2147483647)::integer
$$;

-- Announces this transaction as a running append: every number it draws from now on is above the
-- value it locks. Shared locks never wait.
CREATE FUNCTION aether_enter() RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_last BIGINT;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_last FROM aether_event_sequence;
    PERFORM pg_advisory_xact_lock_shared(aether_lock_space(), (v_last & 2147483647)::integer);
END
$$;

-- horizon: no event at or below it can appear any more. last: the highest number drawn so far.
--
-- The order matters: first the sequence, then the locks; and events are read in a later statement,
-- whose snapshot is newer than both.
CREATE FUNCTION aether_horizon(OUT horizon BIGINT, OUT last BIGINT)
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

-- Tells other processes how far the log has grown, and replicas how far they can trust it. Runs after
-- commits, apart from them: NOTIFY takes a lock that would serialise appends, and waits for no disk.
CREATE FUNCTION aether_announce() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
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

-- Who holds the horizon back.
CREATE VIEW aether_horizon_holders AS
SELECT l.pid,
       a.usename,
       a.application_name,
       a.state,
       now() - a.xact_start AS age,
       left(a.query, 200) AS query
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
  AND l.classid::bigint = aether_lock_space()
  AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database());
