-- Announces this transaction as a running append: every number it draws from now on is above the
-- value it locks. Shared locks never wait. Its commit waits for the disk, at least.
CREATE OR REPLACE FUNCTION aether_enter() RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_last BIGINT;
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_last FROM aether_event_sequence;
    PERFORM pg_advisory_xact_lock_shared(aether_lock_space(), (v_last & 2147483647)::integer);
END
$$;
