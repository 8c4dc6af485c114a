-- Writes down which months the positions of new events belong to, where that is not known yet: for every writer of
-- events, in the transaction that stores them. Rows that are seen here are committed, or this transaction's own.
CREATE OR REPLACE FUNCTION aether_map_months(p_positions BIGINT[], p_times TIMESTAMPTZ[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO aether_months (bucket, month)
    SELECT e.bucket, e.month
    FROM (
        SELECT DISTINCT u.position >> 10 AS bucket, aether_month(u.time) AS month
        FROM unnest(p_positions, p_times) AS u(position, time)
        WHERE u.position IS NOT NULL
    ) AS e
    WHERE NOT EXISTS (
        SELECT FROM aether_months AS m WHERE m.bucket = e.bucket AND m.month = e.month
    );
END
$$;
