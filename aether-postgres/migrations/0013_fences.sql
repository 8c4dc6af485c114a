-- Fences of locks: the newest token that has written under each lock. A write under a lock checks its token
-- here first, in its own transaction, so that a holder that was paused beyond its lease can do no harm.

CREATE TABLE aether_fences (
    name      TEXT        COLLATE "C" PRIMARY KEY,
    token     BIGINT      NOT NULL,
    raised_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- Lets the holder of a token write in this transaction, or ends it: AEF01, with the newest token as detail.
--
-- The row stays locked until the transaction ends. So a later holder waits for an earlier one that is just
-- writing, then sees what it wrote; and an earlier one that waits for a later one is refused after it.
-- It is raised, not returned, so that a caller who does not look can not commit.
CREATE FUNCTION aether_fence(p_name TEXT, p_token BIGINT)
RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_newest BIGINT;
BEGIN
    INSERT INTO aether_fences AS f (name, token) VALUES (p_name, p_token)
    ON CONFLICT (name) DO UPDATE SET token = excluded.token, raised_at = clock_timestamp()
    WHERE f.token <= excluded.token;
    IF FOUND THEN
        RETURN;
    END IF;
    -- locked by the statement above, so it is there
    SELECT f.token INTO STRICT v_newest FROM aether_fences AS f WHERE f.name = p_name;
    RAISE EXCEPTION 'a later holder of lock % has written', p_name
        USING ERRCODE = 'AEF01', DETAIL = v_newest::TEXT;
END
$$;

-- Forgets fences of the next p_limit locks behind p_after that were not raised for p_age. Returns the last
-- name that was looked at, NULL at the end, and how many were forgotten.
CREATE FUNCTION aether_prune_fences(p_after TEXT, p_limit INTEGER, p_age INTERVAL)
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
