-- What stands in the setting `aether.known` of a session that has written down the month of an event in its bucket of
-- positions. As long as a session lasts and the log has the same file of its name, it is in one incarnation: that of the
-- setting `aether.incarnation`. The calendar begins within a month, as in aether_map_months().
CREATE OR REPLACE FUNCTION aether_month_key(p_position BIGINT, p_time TIMESTAMPTZ) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT concat_ws(
        '/', pg_relation_filepath('{schema}.aether_incarnation'), p_position >> 10,
        date_trunc('month', greatest(p_time, '4713-01-01 00:00:00+00 BC'), 'UTC'))
$$;
