-- The month of a timestamp, as a bucket of positions has it. The calendar begins within a month: its first months count as
-- one.
CREATE OR REPLACE FUNCTION aether_month(p_time TIMESTAMPTZ) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE AS $$
    SELECT date_trunc('month', greatest(p_time, '4713-01-01 00:00:00+00 BC'), 'UTC')
$$;
