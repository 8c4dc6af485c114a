-- After a lost reply: waits for the end of the transaction that ran batch p_batch, then says which of its events that
-- happened within a span of time were stored. None will be any more, should the batch reach the server only now.
CREATE OR REPLACE FUNCTION aether_resolve_within(
    p_batch INTEGER, p_streams UUID[], p_events UUID[], p_from TIMESTAMPTZ, p_to TIMESTAMPTZ
)
RETURNS TABLE (event_id UUID, aggregate_version INTEGER, event_sequence BIGINT)
LANGUAGE plpgsql VOLATILE
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
    -- Whatever the batch has stored was committed before this begins, which sees one moment of all tables.
    RETURN QUERY
        SELECT e.event_id, e.aggregate_version, e.event_sequence
        FROM aether_events_in(
            ARRAY(SELECT aether_tables_between(p_from, p_to)),
            'WHERE e.aggregate_id = ANY ($2) AND e.event_id = ANY ($3)', TRUE, '{}', p_streams, p_events
        ) AS e;
END
$$;
