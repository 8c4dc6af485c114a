-- Monthly partitions, made ahead of time; a DEFAULT partition catches what nobody foresaw.

-- Makes the partition for the month (UTC) of p_time. Rows of that month that had gone to the DEFAULT
-- partition move into it. Returns whether it was made now.
CREATE FUNCTION aether_ensure_partition(p_time TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    v_month TIMESTAMP   := date_trunc('month', p_time AT TIME ZONE 'UTC');
    v_from  TIMESTAMPTZ := v_month AT TIME ZONE 'UTC';
    v_to    TIMESTAMPTZ := (v_month + INTERVAL '1 month') AT TIME ZONE 'UTC';
    v_name  TEXT        := 'evenements_' || to_char(v_month, 'YYYY_MM');
    v_wait  TEXT        := current_setting('lock_timeout');
BEGIN
    IF aether_has_partition(v_name) THEN
        RETURN FALSE;
    END IF;
    -- one maker at a time, whichever node
    PERFORM pg_advisory_xact_lock('evenements'::regclass::oid::bigint);
    IF aether_has_partition(v_name) THEN
        RETURN FALSE;
    END IF;
    -- Everybody queues behind who waits for the lock below: better to give up and come again than to
    -- stop all loads and appends until somebody's long report has ended.
    PERFORM set_config('lock_timeout', '2s', true);
    EXECUTE format('CREATE TABLE %I (LIKE evenements INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name);
    -- ATTACH locks the DEFAULT partition; locked from here on, no row slips into it meanwhile
    LOCK TABLE evenements_default IN ACCESS EXCLUSIVE MODE;
    PERFORM set_config('aether.archiving', 'on', true);
    EXECUTE format(
        'WITH moved AS (DELETE FROM evenements_default WHERE timestamp >= %L AND timestamp < %L RETURNING *)
         INSERT INTO %I SELECT * FROM moved', v_from, v_to, v_name);
    PERFORM set_config('aether.archiving', 'off', true);
    PERFORM aether_finish_partition(v_name);
    EXECUTE format(
        'ALTER TABLE evenements ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', v_name, v_from, v_to);
    PERFORM set_config('lock_timeout', v_wait, true);
    RETURN TRUE;
END
$$;

-- Asks the table, not to_regclass(): that one answers from a cache which an advisory lock does not
-- bring up to date.
CREATE FUNCTION aether_has_partition(p_name TEXT) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'evenements'::regclass AND c.relname = p_name
    );
END
$$;

-- What a partition has of its own: unique indexes as a second net, and the guard against TRUNCATE.
CREATE FUNCTION aether_finish_partition(p_name TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE UNIQUE INDEX ON %I (event_sequence)', p_name);
    EXECUTE format('CREATE UNIQUE INDEX ON %I (aggregate_id, aggregate_version)', p_name);
    EXECUTE format(
        'CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I
         FOR EACH STATEMENT EXECUTE FUNCTION aether_refuse_change()', p_name);
END
$$;

CREATE TABLE evenements_default PARTITION OF evenements DEFAULT;
SELECT aether_finish_partition('evenements_default');

-- The partitions from last month to p_months ahead. Returns how many were made.
CREATE FUNCTION aether_ensure_partitions(p_months INTEGER) RETURNS INTEGER LANGUAGE sql AS $$
    SELECT coalesce(sum(aether_ensure_partition(
               (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => m))
               AT TIME ZONE 'UTC')::int), 0)::int
    FROM generate_series(-1, p_months) AS m
$$;

SELECT aether_ensure_partitions(3);
