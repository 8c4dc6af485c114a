-- Forgets fences of the next p_limit locks after p_after that were not raised for p_age. Returns the last
-- name that was looked at, NULL at the end, and how many were forgotten.
CREATE OR REPLACE FUNCTION aether_prune_fences(p_after TEXT, p_limit INTEGER, p_age INTERVAL)
RETURNS TABLE (last_name TEXT, forgotten BIGINT) LANGUAGE sql VOLATILE AS $$
    WITH page AS (
        SELECT f.name FROM aether_fences AS f WHERE f.name > p_after ORDER BY f.name LIMIT p_limit
    ), gone AS (
        DELETE FROM aether_fences AS f USING page
        WHERE f.name = page.name AND f.raised_at < clock_timestamp() - p_age
        RETURNING f.name
    )
    SELECT (SELECT max(page.name) FROM page), (SELECT count(*) FROM gone)
$$;
