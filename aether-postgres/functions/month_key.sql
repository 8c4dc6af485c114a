-- What stands in the setting `aether.known` of a session that has written down the month of an event in its bucket of
-- positions. As long as a session lasts and the log has the same file of its name, it is in one incarnation: that of the
-- setting `aether.incarnation`.
CREATE OR REPLACE FUNCTION aether_month_key(p_position BIGINT, p_time TIMESTAMPTZ) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT concat_ws(
        '/', pg_relation_filepath('{schema}.aether_incarnation'), p_position >> 10, {schema}.aether_month(p_time))
$$;
