-- Forgets the results of the next p_limit commands past p_after that are older than p_age, but for those that a process
-- has still to settle. Returns the last id that was looked at, NULL at the end, and how many were forgotten.
CREATE OR REPLACE FUNCTION aether_prune_commands(p_after UUID, p_limit INTEGER, p_age INTERVAL)
RETURNS TABLE (last_id UUID, forgotten BIGINT) LANGUAGE sql VOLATILE
-- by the primary key: the table may be large, and is looked through in portions
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
    WITH page AS (
        SELECT c.command_id FROM aether_commands AS c WHERE c.command_id > p_after
        ORDER BY c.command_id LIMIT p_limit
    ), gone AS (
        DELETE FROM aether_commands AS c USING page
        WHERE c.command_id = page.command_id AND c.created_at < clock_timestamp() - p_age
          AND NOT EXISTS (SELECT FROM aether_outbox AS o WHERE o.command_id = c.command_id)
        RETURNING c.command_id
    )
    SELECT (SELECT page.command_id FROM page ORDER BY page.command_id DESC LIMIT 1),
           (SELECT count(*) FROM gone)
$$;
