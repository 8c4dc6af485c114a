-- Moves up to p_limit events of the month (UTC) of p_time from the DEFAULT partition to the archive, before the month
-- gets a partition. Returns how many; 0 if the month has one.
CREATE OR REPLACE FUNCTION aether_clear_default(p_time TIMESTAMPTZ, p_limit INTEGER) RETURNS BIGINT
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_month TIMESTAMP := date_trunc('month', greatest(p_time, '0001-01-01 00:00:00+00') AT TIME ZONE 'UTC');
BEGIN
    IF p_time < '0001-01-01 00:00:00+00'
       OR aether_has_partition('evenements_' || to_char(v_month, 'YYYY_MM'))
    THEN
        RETURN 0;
    END IF;
    RETURN aether_move_to_archive(
        'evenements_default', v_month AT TIME ZONE 'UTC',
        (v_month + INTERVAL '1 month') AT TIME ZONE 'UTC', p_limit);
END
$$;
