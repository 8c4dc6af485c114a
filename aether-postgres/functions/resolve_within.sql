-- After a lost reply: waits for the end of the transaction that ran batch p_batch, then says which of its events that
-- happened within a span of time were stored. None will be any more, should the batch reach the server only now.
CREATE OR REPLACE FUNCTION aether_resolve_within(
    p_batch INTEGER, p_streams UUID[], p_events UUID[], p_from TIMESTAMPTZ, p_to TIMESTAMPTZ
)
RETURNS TABLE (event_id UUID, aggregate_version INTEGER, event_sequence BIGINT)
LANGUAGE plpgsql VOLATILE
-- the span is known when the query is planned: only the partitions in it are opened
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET jit = off
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
    -- Whatever the batch has stored was committed before this is planned: its partition is in the plan, and what has
    -- left that since is in the archive.
    RETURN QUERY
        SELECT e.event_id, e.aggregate_version, e.event_sequence
        FROM evenements AS e
        WHERE e.aggregate_id = ANY (p_streams) AND e.event_id = ANY (p_events)
          AND e.timestamp >= p_from AND e.timestamp < p_to
          AND e.tableoid <> 'evenements_default'::regclass
        UNION ALL
        SELECT e.event_id, e.aggregate_version, e.event_sequence
        FROM evenements_default AS e
        WHERE e.aggregate_id = ANY (p_streams) AND e.event_id = ANY (p_events)
        UNION ALL
        SELECT e.event_id, e.aggregate_version, e.event_sequence
        FROM evenements_archive AS e
        WHERE e.aggregate_id = ANY (p_streams) AND e.event_id = ANY (p_events);
END
$$;
