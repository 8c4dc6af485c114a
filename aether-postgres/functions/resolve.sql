-- Called by the release before only; this one calls aether_resolve_within().
--
-- After a lost reply: waits for the end of the transaction that ran batch p_batch, then says which of
-- the events were stored. None will be any more, should the batch reach the server only now.
CREATE OR REPLACE FUNCTION aether_resolve(p_batch INTEGER, p_streams UUID[], p_events UUID[])
RETURNS TABLE (event_id UUID, aggregate_version INTEGER, event_sequence BIGINT)
LANGUAGE plpgsql VOLATILE
SET enable_indexscan = on SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- a transaction that stands still is asked for again
    PERFORM set_config('lock_timeout', '1s', true);
    PERFORM pg_advisory_xact_lock(aether_lock_space() # 1, p_batch);
    DELETE FROM aether_given_up WHERE given_up_at < clock_timestamp() - INTERVAL '1 hour';
    INSERT INTO aether_given_up (batch) VALUES (p_batch) ON CONFLICT DO NOTHING;
    PERFORM setval('aether_last_given_up', date_part('epoch', clock_timestamp())::bigint);
    RETURN QUERY
        SELECT e.event_id, e.aggregate_version, e.event_sequence
        FROM aether_log AS e
        WHERE e.aggregate_id = ANY (p_streams) AND e.event_id = ANY (p_events);
END
$$;
