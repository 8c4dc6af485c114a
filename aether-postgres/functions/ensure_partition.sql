-- Makes the partition for the month (UTC) of p_time. Rows of that month that had gone to the DEFAULT
-- partition move into it. Returns whether it was made now.
CREATE OR REPLACE FUNCTION aether_ensure_partition(p_time TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
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
