-- Stores a batch of append requests of any kind in one call: each gets its own verdict, none fails
-- another. Locks the heads before it looks at them, where aether_append() hopes for the best.
--
-- Streams (an id under a type) are given once each, in ascending order; requests refer to them by index. Every
-- append locks first command ids, then new streams, then existing streams, each in ascending order:
-- two batches never wait for each other in a circle.
--
-- Verdicts: 0 stored, 1 conflict, 2 type mismatch, 3 busy (another transaction holds a stream and
-- p_wait is false), 4 version overflow, 5 duplicate command.
CREATE OR REPLACE FUNCTION aether_append_locking(
    p_wait             BOOLEAN,     -- wait for streams that others hold; within a batch, for 50 ms
    p_batch            INTEGER,     -- the lock by which a lost reply is resolved; NULL: none
    p_stream_ids       UUID[],      -- ascending; one id twice only under two types
    p_stream_types     TEXT[],
    p_stream_new       BOOLEAN[],   -- whether its head is made if it is missing
    p_stream_first     TIMESTAMPTZ[], -- span of the new events' timestamps
    p_stream_last      TIMESTAMPTZ[],
    p_request_writes   INTEGER[],   -- how many writes each request has
    p_request_commands UUID[],      -- NULL as a whole if no request has one
    p_write_streams    INTEGER[],   -- index into the streams, from 1
    p_write_expected   INTEGER[],   -- exact version, or -1 any, -2 exists
    p_write_events     INTEGER[],   -- how many events each write has
    p_event_writes     INTEGER[],   -- index into the writes, from 1
    p_event_offsets    INTEGER[],   -- 1, 2, 3 … within the write
    p_event_ids        UUID[],
    p_event_types      TEXT[],
    p_event_streams    UUID[],
    p_event_stream_types TEXT[],
    p_event_payloads   JSONB[],
    p_event_metadata   JSONB[],
    p_event_times      TIMESTAMPTZ[],
    p_event_schemas    SMALLINT[],
    p_event_slices     SMALLINT[],
    -- older releases do not give this
    p_write_known      UUID[] DEFAULT NULL, -- the id its stream's last event must have; NULL: any
    OUT verdicts  SMALLINT[],       -- per request
    OUT failed    INTEGER[],        -- per request: the write it failed at, or NULL
    OUT versions  INTEGER[],        -- per write: version after it; of a failed one the actual version
    OUT positions BIGINT[],         -- per event; NULL if not stored
    OUT incarnation UUID            -- of the log
)
LANGUAGE plpgsql VOLATILE
-- Planned once per session: planning anew would cost more than executing. The plans are made while the
-- tables may be small, and must stay right when those grow.
SET plan_cache_mode = force_generic_plan
SET enable_nestloop = on SET enable_indexscan = on SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
-- a switched-off scan counts as very costly, which would call for JIT
SET jit = off
AS $$
DECLARE
    v_versions INTEGER[];                   -- per stream, moved on as requests are accepted
    v_before   INTEGER[];                   -- per stream, as found
    v_newest   UUID[];                      -- per stream: the id of its last event, NULL if not known; moved on
    v_replaced UUID[];                      -- per write: that id before it
    v_foreign  BOOLEAN[];                   -- per stream: has another type
    v_base     INTEGER[];                   -- per write: version before it; NULL if not stored
    v_known    BOOLEAN[];                   -- per request: its command id was used before
    v_first    INTEGER;                     -- the request's first write
    v_write    INTEGER := 0;
    v_stream   INTEGER;
    v_version  INTEGER;
    v_expected INTEGER;
    v_verdict  SMALLINT;
    v_event    INTEGER := 0;                -- the last event of the requests so far
    v_events   INTEGER;                     -- how many the request has
    v_space    INTEGER := aether_lock_space();
    v_entered  BOOLEAN;
    v_given_up BOOLEAN;
BEGIN
    -- a caller's own transaction has no lost reply to be resolved, and fails where a level above would be unsound
    IF p_batch IS NOT NULL AND current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    incarnation := aether_incarnation();
    verdicts := array_fill(0::smallint, ARRAY[cardinality(p_request_writes)]);
    failed := array_fill(NULL::integer, ARRAY[cardinality(p_request_writes)]);
    versions := array_fill(NULL::integer, ARRAY[cardinality(p_write_streams)]);
    v_base := versions;
    v_replaced := array_fill(NULL::uuid, ARRAY[cardinality(p_write_streams)]);
    positions := array_fill(NULL::bigint, ARRAY[cardinality(p_event_ids)]);
    IF p_batch IS NOT NULL AND set_config('lock_timeout', '50ms', true) IS NULL THEN END IF;
    -- what is acknowledged is on the disk; what a stronger setting promises stays promised
    IF current_setting('synchronous_commit') = 'off'
       AND set_config('synchronous_commit', 'on', true) IS NULL THEN END IF;
    -- nobody else has this number, but for a resolver of an earlier batch that happened to have it
    IF p_batch IS NOT NULL AND NOT pg_try_advisory_xact_lock(v_space # 1, p_batch) THEN
        PERFORM pg_advisory_xact_lock(v_space # 1, p_batch);
    END IF;
    -- aether_enter(), written out: an assignment is quicker than a query. Shared locks never wait.
    v_entered := pg_try_advisory_xact_lock_shared(
        v_space,
        (coalesce(pg_sequence_last_value('aether_event_sequence'), 0) & 2147483647)::integer);
    IF NOT v_entered THEN
        PERFORM aether_enter();
    END IF;

    IF p_request_commands IS NOT NULL THEN
        -- a racing duplicate waits here for the first to commit
        WITH fresh AS (
            INSERT INTO aether_commands (command_id)
            SELECT c FROM unnest(p_request_commands) AS c WHERE c IS NOT NULL ORDER BY c
            ON CONFLICT DO NOTHING
            RETURNING command_id
        )
        SELECT array_agg(c IS NOT NULL AND NOT EXISTS (SELECT FROM fresh WHERE command_id = c) ORDER BY i)
        INTO v_known
        FROM unnest(p_request_commands) WITH ORDINALITY AS u(c, i);
    END IF;

    IF true = ANY (p_stream_new) THEN
        INSERT INTO aether_streams (aggregate_id, aggregate_type, version)
        SELECT u.id, u.type, 0
        FROM unnest(p_stream_ids, p_stream_types, p_stream_new) AS u(id, type, is_new)
        LEFT JOIN aether_streams AS s ON s.aggregate_id = u.id
        -- even a head that is there would be waited for here while another transaction raises it
        WHERE u.is_new AND (p_wait OR s.aggregate_id IS NULL)
        ON CONFLICT DO NOTHING;
    END IF;

    IF p_wait THEN
        SELECT array_agg(s.version), array_agg(s.last_event_id), array_agg(s.aggregate_type <> u.type),
               EXISTS (SELECT FROM aether_given_up WHERE batch = p_batch)
        INTO v_versions, v_newest, v_foreign, v_given_up
        FROM unnest(p_stream_ids, p_stream_types) AS u(id, type)
        LEFT JOIN LATERAL (
            SELECT t.version, t.aggregate_type,
                   CASE WHEN t.last_event_of = t.version THEN t.last_event_id END AS last_event_id
            FROM aether_streams AS t
            WHERE t.aggregate_id = u.id FOR UPDATE
        ) AS s ON TRUE;
    ELSE
        SELECT array_agg(s.version), array_agg(s.last_event_id), array_agg(s.aggregate_type <> u.type),
               EXISTS (SELECT FROM aether_given_up WHERE batch = p_batch)
        INTO v_versions, v_newest, v_foreign, v_given_up
        FROM unnest(p_stream_ids, p_stream_types) AS u(id, type)
        LEFT JOIN LATERAL (
            SELECT t.version, t.aggregate_type,
                   CASE WHEN t.last_event_of = t.version THEN t.last_event_id END AS last_event_id
            FROM aether_streams AS t
            WHERE t.aggregate_id = u.id FOR UPDATE SKIP LOCKED
        ) AS s ON TRUE;
    END IF;
    v_before := v_versions;
    IF v_given_up THEN
        -- late, or a number that was in use within the hour: a living writer takes another one
        RAISE EXCEPTION 'batch % was given up', p_batch USING ERRCODE = 'serialization_failure';
    END IF;

    -- Requests one after another: one for the same aggregate as an earlier one sees its events.
    FOR v_request IN 1 .. cardinality(p_request_writes) LOOP
        v_first := v_write + 1;
        v_events := 0;
        v_verdict := 0;
        IF v_known[v_request] THEN
            v_verdict := 5;
            v_write := v_write + p_request_writes[v_request];
            FOR w IN v_first .. v_write LOOP
                v_events := v_events + p_write_events[w];
            END LOOP;
        ELSE
            FOR w IN v_first .. v_write + p_request_writes[v_request] LOOP
                v_write := w;
                v_stream := p_write_streams[w];
                v_version := v_versions[v_stream];
                v_expected := p_write_expected[w];
                IF v_version IS NULL THEN
                    -- not there, or held by another transaction
                    IF p_stream_new[v_stream] THEN
                        v_verdict := 3;
                        EXIT;
                    END IF;
                    IF EXISTS (
                        SELECT FROM aether_streams WHERE aggregate_id = p_stream_ids[v_stream]
                    ) THEN
                        v_verdict := 3;
                        EXIT;
                    END IF;
                    v_version := 0;
                ELSIF v_foreign[v_stream] THEN
                    v_verdict := 2;
                    EXIT;
                END IF;
                IF v_expected <> v_version AND v_expected <> -1
                   AND NOT (v_expected = -2 AND v_version > 0)
                   OR v_newest[v_stream] <> p_write_known[w] THEN
                    v_verdict := 1;
                    EXIT;
                END IF;
                IF p_write_events[w] > 2147483647 - v_version THEN
                    v_verdict := 4;
                    EXIT;
                END IF;
                v_base[w] := v_version;
                v_version := v_version + p_write_events[w];
                v_versions[v_stream] := v_version;
                versions[w] := v_version;
                v_events := v_events + p_write_events[w];
                v_replaced[w] := v_newest[v_stream];
                IF p_write_events[w] > 0 THEN
                    v_newest[v_stream] := p_event_ids[v_event + v_events];
                END IF;
            END LOOP;
            IF v_verdict = 0 THEN
                FOR e IN v_event + 1 .. v_event + v_events LOOP
                    positions[e] := nextval('aether_event_sequence');
                END LOOP;
            ELSE
                -- the failed write's version is the one that was found; take back those before it
                failed[v_request] := v_write;
                versions[v_write] := v_version;
                FOR w IN REVERSE v_write - 1 .. v_first LOOP
                    v_stream := p_write_streams[w];
                    v_versions[v_stream] := v_versions[v_stream] - p_write_events[w];
                    v_newest[v_stream] := v_replaced[w];
                    v_base[w] := NULL;
                END LOOP;
                v_events := 0;
                v_write := v_first + p_request_writes[v_request] - 1;
                FOR w IN v_first .. v_write LOOP
                    v_events := v_events + p_write_events[w];
                END LOOP;
            END IF;
        END IF;
        v_event := v_event + v_events;
        verdicts[v_request] := v_verdict;
    END LOOP;

    PERFORM aether_map_months(positions, p_event_times);
    INSERT INTO evenements (
        event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
        payload, metadata, timestamp, schema_version, slice
    )
    SELECT e.position, e.id, e.type, e.stream, e.stream_type, v_base[e.write] + e.place,
           e.payload, e.metadata, e.time, e.schema, e.slice
    FROM unnest(
        positions, p_event_writes, p_event_offsets, p_event_ids, p_event_types, p_event_streams,
        p_event_stream_types, p_event_payloads, p_event_metadata, p_event_times, p_event_schemas,
        p_event_slices
    ) AS e(position, write, place, id, type, stream, stream_type, payload, metadata, time, schema,
           slice)
    WHERE e.position IS NOT NULL;

    UPDATE aether_streams AS s
    SET version = u.version,
        first_event_at = least(s.first_event_at, u.first),
        last_event_at = greatest(s.last_event_at, u.last),
        last_event_id = u.newest,
        last_event_of = u.version
    FROM unnest(p_stream_ids, v_before, v_versions, p_stream_first, p_stream_last, v_newest)
         AS u(id, before, version, first, last, newest)
    WHERE s.aggregate_id = u.id AND u.version > u.before;

    IF true = ANY (p_stream_new) AND 0 = ANY (v_versions) THEN
        -- heads that were made for a request that was then rejected, or for a condition only
        DELETE FROM aether_streams AS s
        USING unnest(p_stream_ids, p_stream_new, v_versions) AS u(id, is_new, version)
        WHERE s.aggregate_id = u.id AND u.is_new AND u.version = 0 AND s.version = 0;
    END IF;
    IF p_request_commands IS NOT NULL THEN
        PERFORM aether_settle_commands(
            p_request_commands, verdicts, p_request_writes, p_stream_ids, p_stream_types,
            p_write_streams, p_write_events, versions, positions);
    END IF;
END
$$;
