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
    v_space   INTEGER := aether_lock_space();
    v_events  INTEGER := cardinality(p_event_ids);
    v_version INTEGER;
    v_stored  INTEGER;
    v_newest  UUID := p_event_ids[cardinality(p_event_ids)];
    v_found   UUID;
    v_month   TIMESTAMPTZ;
    v_mapped  TEXT;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- what is read below cannot be read there, which would hide why
    IF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'a standby stores no events' USING ERRCODE = 'read_only_sql_transaction';
    END IF;
    IF NOT pg_try_advisory_xact_lock(v_space # 1, p_batch) THEN
        PERFORM pg_advisory_xact_lock(v_space # 1, p_batch);
    END IF;
    IF NOT pg_try_advisory_xact_lock_shared(
        v_space, (coalesce(pg_sequence_last_value('aether_event_sequence'), 0) & 2147483647)::integer)
    THEN
        PERFORM aether_enter();
    END IF;
    IF set_config('lock_timeout', '10ms', true) IS NULL THEN END IF;
    -- what is acknowledged is on the disk; what a stronger setting promises stays promised
    IF current_setting('synchronous_commit') = 'off'
       AND set_config('synchronous_commit', 'on', true) IS NULL THEN END IF;

    -- the log's incarnation as aether_incarnation() has it, without a call and a statement of its own
    IF p_expected = 0 THEN
        INSERT INTO aether_streams (
            aggregate_id, aggregate_type, version, first_event_at, last_event_at, last_event_id,
            last_event_of
        )
        VALUES (p_stream, p_stream_type, v_events, p_first, p_last, v_newest, v_events)
        ON CONFLICT DO NOTHING
        RETURNING version, (
            SELECT i.id FROM aether_incarnation AS i
            WHERE i.started = pg_postmaster_start_time() AND i.file = pg_relation_filepath(i.tableoid)
        )
        INTO v_version, incarnation;
    ELSIF p_expected = -1 THEN
        INSERT INTO aether_streams AS s (
            aggregate_id, aggregate_type, version, first_event_at, last_event_at, last_event_id,
            last_event_of
        )
        VALUES (p_stream, p_stream_type, v_events, p_first, p_last, v_newest, v_events)
        ON CONFLICT (aggregate_id) DO UPDATE
        SET version = s.version + excluded.version,
            first_event_at = least(s.first_event_at, excluded.first_event_at),
            last_event_at = greatest(s.last_event_at, excluded.last_event_at),
            last_event_id = excluded.last_event_id,
            last_event_of = s.version + excluded.version
        WHERE s.aggregate_type = excluded.aggregate_type
          AND s.version <= 2147483647 - excluded.version
        RETURNING version, (
            SELECT i.id FROM aether_incarnation AS i
            WHERE i.started = pg_postmaster_start_time() AND i.file = pg_relation_filepath(i.tableoid)
        )
        INTO v_version, incarnation;
    ELSE
        UPDATE aether_streams AS s
        SET version = s.version + v_events,
            first_event_at = least(s.first_event_at, p_first),
            last_event_at = greatest(s.last_event_at, p_last),
            last_event_id = v_newest,
            last_event_of = s.version + v_events
        WHERE s.aggregate_id = p_stream AND s.aggregate_type = p_stream_type
          AND (s.version = p_expected OR p_expected = -2)
          AND (s.last_event_id = p_known OR p_known IS NULL OR s.last_event_id IS NULL
               OR s.last_event_of <> s.version)
          AND s.version <= 2147483647 - v_events
        RETURNING version, (
            SELECT i.id FROM aether_incarnation AS i
            WHERE i.started = pg_postmaster_start_time() AND i.file = pg_relation_filepath(i.tableoid)
        )
        INTO v_version, incarnation;
    END IF;
    IF v_version IS NULL THEN
        incarnation := aether_incarnation();
        SELECT s.version, s.aggregate_type, CASE WHEN s.last_event_of = s.version THEN s.last_event_id END
        INTO actual, actual_type, v_found
        FROM aether_streams AS s WHERE s.aggregate_id = p_stream;
        IF p_command IS NOT NULL
           AND EXISTS (SELECT FROM aether_commands WHERE command_id = p_command)
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

    FOR i IN 1 .. v_events LOOP
        positions[i] := nextval('aether_event_sequence');
    END LOOP;
    -- One month in one bucket, which this session has met before: nothing to write down. The setting is undone where
    -- the transaction is.
    v_month := date_trunc('month', greatest(p_first, '4713-01-01 00:00:00+00 BC'), 'UTC');
    IF p_last <> p_first AND v_month <> date_trunc('month', greatest(p_last, '4713-01-01 00:00:00+00 BC'), 'UTC')
       OR positions[1] >> 10 <> positions[v_events] >> 10
    THEN
        PERFORM aether_map_months(positions, p_event_times);
    ELSE
        v_mapped := concat_ws('/', positions[1] >> 10, v_month);
        IF v_mapped IS DISTINCT FROM current_setting('aether.mapped', true) THEN
            PERFORM aether_map_months(positions, p_event_times);
            PERFORM set_config('aether.mapped', v_mapped, false);
        END IF;
    END IF;
    -- one event is stored without taking arrays apart
    IF v_events = 1 THEN
        INSERT INTO evenements (
            event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
            payload, metadata, timestamp, schema_version, slice
        )
        SELECT positions[1], p_event_ids[1], p_event_types[1], p_stream, p_stream_type, v_version,
               p_event_payloads[1], p_event_metadata[1], p_event_times[1], p_event_schemas[1], p_slice
        WHERE NOT EXISTS (SELECT FROM aether_given_up WHERE batch = p_batch);
    ELSE
        INSERT INTO evenements (
            event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
            payload, metadata, timestamp, schema_version, slice
        )
        SELECT positions[e.i], p_event_ids[e.i], e.type, p_stream, p_stream_type,
               v_version - v_events + e.i, e.payload, e.metadata, p_event_times[e.i],
               p_event_schemas[e.i], p_slice
        FROM unnest(p_event_types, p_event_payloads, p_event_metadata)
             WITH ORDINALITY AS e(type, payload, metadata, i)
        WHERE NOT EXISTS (SELECT FROM aether_given_up WHERE batch = p_batch);
    END IF;
    GET DIAGNOSTICS v_stored = ROW_COUNT;
    IF v_stored < v_events THEN
        RAISE EXCEPTION 'batch % was given up', p_batch USING ERRCODE = 'serialization_failure';
    END IF;

    IF p_command IS NOT NULL THEN
        INSERT INTO aether_commands (
            command_id, aggregate_ids, aggregate_types, versions, event_counts, positions
        )
        VALUES (p_command, ARRAY[p_stream], ARRAY[p_stream_type], ARRAY[v_version], ARRAY[v_events],
                positions)
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS v_stored = ROW_COUNT;
        IF v_stored = 0 THEN
            RAISE EXCEPTION 'the command of batch % was carried out before', p_batch
                USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    version := v_version;
END
$$;
