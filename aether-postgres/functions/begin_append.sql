-- What an append does before anything else, step by step, where one of the steps fails or has to wait: see
-- aether_append_one().
CREATE OR REPLACE FUNCTION aether_begin_append(
    p_batch INTEGER -- the lock by which a lost reply is resolved
)
RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- what an append reads cannot be read there, which would hide why
    IF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'a standby stores no events' USING ERRCODE = 'read_only_sql_transaction';
    END IF;
    -- nobody else has this number, but for a resolver of an earlier batch that happened to have it
    PERFORM pg_advisory_xact_lock(aether_lock_space() # 1, p_batch);
    IF aether_is_given_up(p_batch) THEN
        -- late, or a number that was in use within the hour: a living writer takes another one
        RAISE EXCEPTION 'batch % was given up', p_batch USING ERRCODE = 'serialization_failure';
    END IF;
    PERFORM aether_enter();
    PERFORM set_config('lock_timeout', '10ms', true);
END
$$;
