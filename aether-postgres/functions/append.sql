-- The usual append: a batch of requests that write to one stream each.
--
-- Raises each head in one statement, without locking it first, where it is as the request expects. What
-- is not plain is left to aether_append_locking(): requests over several streams or with conditions on
-- streams that are only read, one stream under different expectations. Several requests for one stream are given
-- as one if all are under any version, or if each expects the version and the last event that the one before it
-- leads to: if the first of such a chain is refused, so are the others. Where another transaction gets
-- in the way the whole batch fails (40001, or 55P03 after 10 ms) and is to be sent there as well.
--
-- Streams come in three groups, each ascending by id: p_new expected not to be there, p_any under any
-- version, the rest at an exact version or (-2) at any but none.
CREATE OR REPLACE FUNCTION aether_append(
    p_batch            INTEGER,       -- the lock by which a lost reply is resolved
    p_new              INTEGER,       -- how many streams are in the first group
    p_any              INTEGER,       -- how many are in the second
    p_stream_ids       UUID[],
    p_stream_types     TEXT[],
    p_stream_expected  INTEGER[],
    p_stream_events    INTEGER[],     -- how many events it gets
    p_stream_first     TIMESTAMPTZ[], -- the span of their timestamps
    p_stream_last      TIMESTAMPTZ[],
    p_command_ids      UUID[],        -- NULL as a whole if no request has one
    p_command_streams  INTEGER[],     -- index into the streams, from 1
    p_command_behind   INTEGER[],     -- how many events its stream gets after its own
    p_command_event    INTEGER[],     -- index of its first event, from 1
    p_command_events   INTEGER[],     -- how many it has
    p_event_streams    INTEGER[],     -- index into the streams, from 1
    p_event_behind     INTEGER[],     -- how many events its stream gets after it
    p_event_ids        UUID[],
    p_event_types      TEXT[],
    p_event_stream_types TEXT[],
    p_event_payloads   JSONB[],
    p_event_metadata   JSONB[],
    p_event_times      TIMESTAMPTZ[],
    p_event_schemas    SMALLINT[],
    p_event_slices     SMALLINT[],
    -- older releases do not give these
    p_stream_known     UUID[] DEFAULT NULL, -- the id its last event must have; NULL: any
    p_stream_newest    UUID[] DEFAULT NULL, -- the id of the last event it gets; NULL: not known
    p_first            TIMESTAMPTZ DEFAULT NULL, -- the span of all timestamps; NULL: not known
    p_last             TIMESTAMPTZ DEFAULT NULL,
    p_stream_reached   INTEGER[] DEFAULT NULL, -- the version it has afterwards; NULL: not all are known before
    OUT versions  INTEGER[],          -- per stream: the version it has now; NULL if refused
    OUT actual    INTEGER[],          -- NULL if none was refused; else per stream the version it has,
    OUT actual_types TEXT[],           -- and its type
    OUT positions BIGINT[],           -- per event; of a refused one without meaning
    OUT incarnation UUID              -- of the log
)
LANGUAGE plpgsql VOLATILE
-- Planned once per session: planning anew would cost more than executing. The plans are made while the
-- tables may be small, and must stay right when those grow.
SET plan_cache_mode = force_generic_plan
SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
-- a switched-off scan counts as very costly, which would call for JIT
SET jit = off
AS $$
DECLARE
    v_streams  INTEGER := cardinality(p_stream_ids);
    v_raised   INTEGER; -- how many streams
    v_stored   INTEGER;
    v_newest   UUID[];
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

    -- All joins are nested loops (see above): rows come in the order of the streams.
    IF p_new > 0 THEN
        INSERT INTO {schema}.aether_streams (
            aggregate_id, aggregate_type, version, first_event_at, last_event_at, last_event_id,
            last_event_of
        )
        SELECT u.id, u.type, u.events, u.first, u.last, u.newest, u.events
        FROM unnest(p_stream_ids, p_stream_types, p_stream_events, p_stream_first, p_stream_last,
                    p_stream_newest)
             WITH ORDINALITY AS u(id, type, events, first, last, newest, i)
        WHERE u.i <= p_new
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS v_raised = ROW_COUNT;
    END IF;
    IF p_any > 0 THEN
        INSERT INTO {schema}.aether_streams AS s (
            aggregate_id, aggregate_type, version, first_event_at, last_event_at, last_event_id,
            last_event_of
        )
        SELECT u.id, u.type, u.events, u.first, u.last, u.newest, u.events
        FROM unnest(p_stream_ids, p_stream_types, p_stream_events, p_stream_first, p_stream_last,
                    p_stream_newest)
             WITH ORDINALITY AS u(id, type, events, first, last, newest, i)
        WHERE u.i > p_new AND u.i <= p_new + p_any
        ON CONFLICT (aggregate_id) DO UPDATE
        SET version = s.version + excluded.version,
            first_event_at = least(s.first_event_at, excluded.first_event_at),
            last_event_at = greatest(s.last_event_at, excluded.last_event_at),
            last_event_id = excluded.last_event_id,
            last_event_of = s.version + excluded.version
        WHERE s.aggregate_type = excluded.aggregate_type
          AND s.version <= 2147483647 - excluded.version;
        GET DIAGNOSTICS v_stored = ROW_COUNT;
        v_raised := coalesce(v_raised, 0) + v_stored;
    END IF;
    IF v_streams > p_new + p_any THEN
        UPDATE {schema}.aether_streams AS s
        SET version = s.version + u.events,
            first_event_at = least(s.first_event_at, u.first),
            last_event_at = greatest(s.last_event_at, u.last),
            last_event_id = u.newest,
            last_event_of = s.version + u.events
        FROM unnest(p_stream_ids, p_stream_types, p_stream_expected, p_stream_events,
                    p_stream_first, p_stream_last, p_stream_known, p_stream_newest)
             WITH ORDINALITY AS u(id, type, expected, events, first, last, known, newest, i)
        WHERE u.i > p_new + p_any AND s.aggregate_id = u.id AND s.aggregate_type = u.type
          AND (s.version = u.expected OR u.expected = -2)
          AND (s.last_event_id = u.known OR u.known IS NULL OR s.last_event_id IS NULL
               OR s.last_event_of <> s.version)
          AND s.version <= 2147483647 - u.events;
        GET DIAGNOSTICS v_stored = ROW_COUNT;
        v_raised := coalesce(v_raised, 0) + v_stored;
    END IF;

    IF v_raised = v_streams AND p_stream_reached IS NOT NULL THEN
        versions := p_stream_reached;
    ELSE
        -- the heads that were raised are of this transaction
        SELECT array_agg(CASE WHEN s.xmin = pg_current_xact_id()::xid THEN s.version END),
               array_agg(s.version), array_agg(s.aggregate_type),
               array_agg(CASE WHEN s.last_event_of = s.version THEN s.last_event_id END)
        INTO versions, actual, actual_types, v_newest
        FROM unnest(p_stream_ids) AS u(id)
        LEFT JOIN {schema}.aether_streams AS s ON s.aggregate_id = u.id;
        IF v_raised = v_streams THEN
            actual := NULL;
            actual_types := NULL;
        ELSE
            FOR i IN 1 .. v_streams LOOP
                CONTINUE WHEN versions[i] IS NOT NULL;
                -- Expected as it is: another transaction has brought it there since, or not all of its requests fit under
                -- the highest version.
                IF coalesce(actual_types[i] = p_stream_types[i], true)
                   AND (p_stream_expected[i] IN (-1, coalesce(actual[i], 0))
                        OR p_stream_expected[i] = -2 AND actual[i] > 0)
                   AND coalesce(v_newest[i] = p_stream_known[i], true)
                THEN
                    RAISE EXCEPTION 'a stream of batch % is at its expected version', p_batch
                        USING ERRCODE = 'serialization_failure';
                END IF;
                -- In the middle of a chain: its later requests may be accepted one by one.
                IF p_stream_expected[i] >= 0 AND actual[i] > p_stream_expected[i]
                   AND actual[i] - p_stream_expected[i] < p_stream_events[i]
                   AND actual_types[i] = p_stream_types[i]
                   AND (v_newest[i] IS NULL OR v_newest[i] = ANY (p_event_ids))
                THEN
                    RAISE EXCEPTION 'a stream of batch % is in the middle of a chain', p_batch
                        USING ERRCODE = 'serialization_failure';
                END IF;
            END LOOP;
            IF EXISTS (
                SELECT FROM unnest(p_command_ids, p_command_streams) AS c(id, stream)
                WHERE versions[c.stream] IS NULL
                  AND EXISTS (SELECT FROM {schema}.aether_commands AS known WHERE known.command_id = c.id)
            ) THEN
                RAISE EXCEPTION 'a command of batch % was carried out before', p_batch
                    USING ERRCODE = 'serialization_failure';
            END IF;
        END IF;
    END IF;

    positions := ARRAY(
        SELECT nextval('{schema}.aether_event_sequence') FROM generate_series(1, cardinality(p_event_ids)));
    incarnation := CASE
        WHEN current_setting('aether.known', true) = {schema}.aether_month_key(positions[1], p_first)
         AND positions[1] >> 10 = positions[cardinality(positions)] >> 10
         AND {schema}.aether_month(p_first) = {schema}.aether_month(p_last)
        THEN current_setting('aether.incarnation')::uuid
        ELSE {schema}.aether_note_months(positions, p_event_times, p_first, p_last)
    END;
    -- Of arrays with elements of one length any element is found at once: only the others are unnested.
    INSERT INTO {schema}.evenements (
        event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
        payload, metadata, timestamp, schema_version, slice
    )
    SELECT positions[e.i], p_event_ids[e.i], e.type, p_stream_ids[p_event_streams[e.i]], e.stream_type,
           versions[p_event_streams[e.i]] - p_event_behind[e.i], e.payload, e.metadata,
           p_event_times[e.i], p_event_schemas[e.i], p_event_slices[e.i]
    FROM unnest(p_event_types, p_event_stream_types, p_event_payloads, p_event_metadata)
         WITH ORDINALITY AS e(type, stream_type, payload, metadata, i)
    WHERE versions[p_event_streams[e.i]] IS NOT NULL;
    IF p_command_ids IS NULL THEN
        RETURN;
    END IF;

    INSERT INTO {schema}.aether_commands (
        command_id, aggregate_ids, aggregate_types, versions, event_counts, positions
    )
    SELECT c.id, ARRAY[p_stream_ids[c.stream]], ARRAY[p_stream_types[c.stream]],
           ARRAY[versions[c.stream] - c.behind], ARRAY[c.events],
           positions[c.event:c.event + c.events - 1]
    FROM unnest(p_command_ids, p_command_streams, p_command_behind, p_command_event, p_command_events)
         AS c(id, stream, behind, event, events)
    WHERE versions[c.stream] IS NOT NULL
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_stored = ROW_COUNT;
    IF v_stored < (
        SELECT count(*) FROM unnest(p_command_streams) AS stream WHERE versions[stream] IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a command of batch % was carried out before', p_batch
            USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;
