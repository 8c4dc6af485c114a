-- Makes the partition for the month (UTC) of p_time. Returns whether it was made now.
--
-- Events of that month that had gone to the DEFAULT partition move to the archive, never into the new partition: a
-- query that was planned before would miss them there. Move most of them in portions, by aether_clear_default(): here
-- everybody waits.
CREATE OR REPLACE FUNCTION aether_ensure_partition(p_time TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql
-- bounds are written as text
SET DateStyle = 'ISO' SET TimeZone = 'UTC'
AS $$
DECLARE
    v_month TIMESTAMP   := date_trunc('month', greatest(p_time, '0001-01-01 00:00:00+00') AT TIME ZONE 'UTC');
    v_from  TIMESTAMPTZ := v_month AT TIME ZONE 'UTC';
    v_to    TIMESTAMPTZ := (v_month + INTERVAL '1 month') AT TIME ZONE 'UTC';
    v_name  TEXT        := 'evenements_' || to_char(v_month, 'YYYY_MM');
    v_wait  TEXT        := current_setting('lock_timeout');
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- the name does not tell years before Christ from later ones
    IF p_time < '0001-01-01 00:00:00+00' OR aether_has_partition(v_name) THEN
        RETURN FALSE;
    END IF;
    -- one maker at a time, whichever node
    PERFORM pg_advisory_xact_lock('evenements'::regclass::oid::bigint);
    IF aether_has_partition(v_name) THEN
        RETURN FALSE;
    END IF;
    -- Everybody queues behind who waits for the locks below: better to give up and come again than to
    -- stop all loads and appends until somebody's long report has ended.
    PERFORM set_config('lock_timeout', '2s', true);
    EXECUTE format('CREATE TABLE %I (LIKE evenements INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name);
    PERFORM aether_finish_partition(v_name);
    -- ATTACH takes both; the log first, as every append does. No row slips into DEFAULT meanwhile.
    LOCK TABLE ONLY evenements IN SHARE UPDATE EXCLUSIVE MODE;
    LOCK TABLE evenements_default IN ACCESS EXCLUSIVE MODE;
    PERFORM aether_move_to_archive('evenements_default', v_from, v_to, NULL);
    EXECUTE format(
        'ALTER TABLE evenements ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', v_name, v_from, v_to);
    PERFORM set_config('lock_timeout', v_wait, true);
    RETURN TRUE;
END
$$;
