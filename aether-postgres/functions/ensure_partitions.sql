-- The partitions from last month to p_months ahead. Returns how many were made.
CREATE OR REPLACE FUNCTION aether_ensure_partitions(p_months INTEGER) RETURNS INTEGER LANGUAGE sql AS $$
    SELECT coalesce(sum(aether_ensure_partition(
               (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => m))
               AT TIME ZONE 'UTC')::int), 0)::int
    FROM generate_series(-1, p_months) AS m
$$;
