-- What an operator wants of a command or timer: another try, or (p_skip) none any more. A command that
-- is skipped stays until its process has been told. False: there is none with this id.
CREATE OR REPLACE FUNCTION aether_remedy_task(p_manager TEXT, p_id UUID, p_skip BOOLEAN)
RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- tries keep counting: the node that is at it now cannot put it off any more
    UPDATE aether_outbox
    SET state = CASE WHEN p_skip THEN 'skip' ELSE 'pending' END,
        tries = tries + 1, failures = 0, error = NULL, retry_at = NULL
    WHERE manager = p_manager AND command_id = p_id;
    IF FOUND THEN
        RETURN TRUE;
    END IF;
    IF p_skip THEN
        DELETE FROM aether_timers WHERE manager = p_manager AND timer_id = p_id;
    ELSE
        UPDATE aether_timers
        SET state = 'pending', tries = tries + 1, failures = 0, error = NULL, retry_at = NULL
        WHERE manager = p_manager AND timer_id = p_id;
    END IF;
    RETURN FOUND;
END
$$;
