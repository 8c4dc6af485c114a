-- The months in which the events from one position to another happened, or more: start and end of each, the oldest
-- first. One row for all times where nobody knows.
--
-- Queries are made for each of them apart: a plan for one month opens its partition only.
CREATE OR REPLACE FUNCTION aether_months_of(p_first BIGINT, p_last BIGINT)
RETURNS TABLE (starts TIMESTAMPTZ, ends TIMESTAMPTZ)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT FROM aether_months AS m
        WHERE m.bucket BETWEEN p_first >> 10 AND p_last >> 10 AND m.month = 'infinity'
    ) THEN
        RETURN QUERY SELECT '-infinity'::timestamptz, 'infinity'::timestamptz;
    ELSE
        RETURN QUERY
            SELECT m.month, (m.month AT TIME ZONE 'UTC' + INTERVAL '1 month') AT TIME ZONE 'UTC'
            FROM aether_months AS m
            WHERE m.bucket BETWEEN p_first >> 10 AND p_last >> 10
            GROUP BY m.month ORDER BY m.month;
    END IF;
END
$$;
