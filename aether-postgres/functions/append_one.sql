-- The same for a single request: a lone caller waits for nothing that only batches need.
CREATE OR REPLACE FUNCTION aether_append_one(
    p_batch          INTEGER,
    p_stream         UUID,
    p_stream_type    TEXT,
    p_expected       INTEGER,     -- 0 none, -1 any, -2 any but none, or exactly
    p_first          TIMESTAMPTZ, -- the span of the events' timestamps
    p_last           TIMESTAMPTZ,
    p_slice          SMALLINT,
    p_command        UUID,
    p_event_ids      UUID[],
    p_event_types    TEXT[],
    p_event_payloads JSONB[],
    p_event_metadata JSONB[],
    p_event_times    TIMESTAMPTZ[],
    p_event_schemas  SMALLINT[],
    -- older releases do not give this
    p_known          UUID DEFAULT NULL, -- the id the stream's last event must have; NULL: any
    OUT version    INTEGER,       -- the version the stream has now; NULL if refused: then
    OUT actual      INTEGER,       -- the version it has,
    OUT actual_type TEXT,          -- and its type
    OUT positions  BIGINT[],
    OUT incarnation UUID          -- of the log
)
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_indexscan = on SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_events  INTEGER := cardinality(p_event_ids);
    v_stored  INTEGER;
    v_found   UUID;
BEGIN
    -- In one expression, since each costs as much as what it does. Locks that are shared never wait. What is acknowledged is
    -- on the disk; what a stronger setting promises stays promised.
    IF (current_setting('transaction_isolation') = 'read committed'
        AND pg_try_advisory_xact_lock({schema}.aether_lock_space() # 1, p_batch)
        AND pg_try_advisory_xact_lock_shared(
            {schema}.aether_lock_space(),
            (coalesce(pg_sequence_last_value('{schema}.aether_event_sequence'), 0) & 2147483647)::integer)
        AND (current_setting('synchronous_commit') <> 'off'
             OR set_config('synchronous_commit', 'on', true) IS NOT NULL)
        AND (coalesce(pg_sequence_last_value('{schema}.aether_last_given_up'), 0) < date_part('epoch', now()) - 86400
             OR NOT {schema}.aether_is_given_up(p_batch))
        AND set_config('lock_timeout', '10ms', true) IS NOT NULL
       ) IS NOT TRUE
    THEN
        PERFORM {schema}.aether_begin_append(p_batch);
    END IF;

    IF p_expected NOT IN (0, -1) THEN
        UPDATE {schema}.aether_streams AS s
        SET version = s.version + v_events,
            first_event_at = least(s.first_event_at, p_first),
            last_event_at = greatest(s.last_event_at, p_last),
            last_event_id = p_event_ids[v_events],
            last_event_of = s.version + v_events
        WHERE s.aggregate_id = p_stream AND s.aggregate_type = p_stream_type
          AND (s.version = p_expected OR p_expected = -2)
          AND (s.last_event_id = p_known OR p_known IS NULL OR s.last_event_id IS NULL
               OR s.last_event_of <> s.version)
          AND s.version <= 2147483647 - v_events
        RETURNING version INTO version;
    ELSIF p_expected = 0 THEN
        INSERT INTO {schema}.aether_streams (
            aggregate_id, aggregate_type, version, first_event_at, last_event_at, last_event_id,
            last_event_of
        )
        VALUES (p_stream, p_stream_type, v_events, p_first, p_last, p_event_ids[v_events], v_events)
        ON CONFLICT DO NOTHING
        RETURNING version INTO version;
    ELSE
        INSERT INTO {schema}.aether_streams AS s (
            aggregate_id, aggregate_type, version, first_event_at, last_event_at, last_event_id,
            last_event_of
        )
        VALUES (p_stream, p_stream_type, v_events, p_first, p_last, p_event_ids[v_events], v_events)
        ON CONFLICT (aggregate_id) DO UPDATE
        SET version = s.version + excluded.version,
            first_event_at = least(s.first_event_at, excluded.first_event_at),
            last_event_at = greatest(s.last_event_at, excluded.last_event_at),
            last_event_id = excluded.last_event_id,
            last_event_of = s.version + excluded.version
        WHERE s.aggregate_type = excluded.aggregate_type
          AND s.version <= 2147483647 - excluded.version
        RETURNING version INTO version;
    END IF;
    IF version IS NULL THEN
        incarnation := {schema}.aether_incarnation();
        SELECT s.version, s.aggregate_type, CASE WHEN s.last_event_of = s.version THEN s.last_event_id END
        INTO actual, actual_type, v_found
        FROM {schema}.aether_streams AS s WHERE s.aggregate_id = p_stream;
        IF p_command IS NOT NULL
           AND EXISTS (SELECT FROM {schema}.aether_commands WHERE command_id = p_command)
        THEN
            RAISE EXCEPTION 'the command of batch % was carried out before', p_batch
                USING ERRCODE = 'serialization_failure';
        END IF;
        IF actual_type = p_stream_type AND (actual = p_expected OR p_expected < 0)
           AND coalesce(v_found = p_known, true) AND actual <= 2147483647 - v_events
        THEN
            RAISE EXCEPTION 'the stream of batch % came to its expected version', p_batch
                USING ERRCODE = 'serialization_failure';
        END IF;
        RETURN;
    END IF;

    -- one event is stored without taking arrays apart
    IF v_events = 1 THEN
        positions := ARRAY[nextval('{schema}.aether_event_sequence')];
        incarnation := CASE
            WHEN current_setting('aether.known', true) = {schema}.aether_month_key(positions[1], p_first)
            THEN current_setting('aether.incarnation')::uuid
            ELSE {schema}.aether_note_months(positions, p_event_times, p_first, p_last)
        END;
        INSERT INTO {schema}.evenements (
            event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
            payload, metadata, timestamp, schema_version, slice
        )
        SELECT positions[1], p_event_ids[1], p_event_types[1], p_stream, p_stream_type, aether_append_one.version,
               p_event_payloads[1], p_event_metadata[1], p_first, p_event_schemas[1], p_slice;
    ELSE
        positions := ARRAY(SELECT nextval('{schema}.aether_event_sequence') FROM generate_series(1, v_events));
        incarnation := CASE
            WHEN current_setting('aether.known', true) = {schema}.aether_month_key(positions[1], p_first)
             AND current_setting('aether.known', true) = {schema}.aether_month_key(positions[v_events], p_last)
            THEN current_setting('aether.incarnation')::uuid
            ELSE {schema}.aether_note_months(positions, p_event_times, p_first, p_last)
        END;
        INSERT INTO {schema}.evenements (
            event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
            payload, metadata, timestamp, schema_version, slice
        )
        SELECT positions[e.i], p_event_ids[e.i], e.type, p_stream, p_stream_type,
               aether_append_one.version - v_events + e.i, e.payload, e.metadata, p_event_times[e.i],
               p_event_schemas[e.i], p_slice
        FROM unnest(p_event_types, p_event_payloads, p_event_metadata)
             WITH ORDINALITY AS e(type, payload, metadata, i);
    END IF;
    IF p_command IS NULL THEN
        RETURN;
    END IF;

    INSERT INTO {schema}.aether_commands (
        command_id, aggregate_ids, aggregate_types, versions, event_counts, positions
    )
    VALUES (p_command, ARRAY[p_stream], ARRAY[p_stream_type], ARRAY[aether_append_one.version], ARRAY[v_events],
            positions)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_stored = ROW_COUNT;
    IF v_stored = 0 THEN
        RAISE EXCEPTION 'the command of batch % was carried out before', p_batch
            USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;
