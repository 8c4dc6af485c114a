-- Uses a command id up, so that no append under it is stored any more; returns its row if it has a
-- result, or if something else was asked for under it. The insert waits for the transaction that is just storing the
-- command; the second statement then sees it.
CREATE OR REPLACE FUNCTION aether_void_command(
    p_command     UUID,
    -- older releases do not give this
    p_fingerprint UUID DEFAULT NULL
) RETURNS SETOF aether_commands LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- a caller's open transaction may hold the id for as long as it likes: ask again later
    PERFORM set_config('lock_timeout', '1s', true);
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    INSERT INTO aether_commands (command_id, voided, fingerprint) VALUES (p_command, TRUE, p_fingerprint)
    ON CONFLICT (command_id) DO NOTHING;
    RETURN QUERY SELECT c.* FROM aether_commands AS c
                 WHERE c.command_id = p_command AND (NOT c.voided OR c.fingerprint <> p_fingerprint);
END
$$;
