-- Lets the holder of a token write in this transaction, or ends it: AEF01, with the newest token as detail.
--
-- The row stays locked until the transaction ends. So a later holder waits for an earlier one that is just
-- writing, then sees what it wrote; and an earlier one that waits for a later one is refused after it.
-- It is raised, not returned, so that a caller who does not look cannot commit.
CREATE OR REPLACE FUNCTION aether_fence(p_name TEXT, p_token BIGINT)
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
