-- Called by the release before only; this one asks with src/sql/load.sql. It follows what the archive does now.
--
-- The histories of some aggregates in one call: for each a snapshot if one fits (a row without
-- event_sequence, its state as payload), then the events after it in order of version; one row of
-- nulls if there is neither; none if the aggregate has no events at all.
CREATE OR REPLACE FUNCTION aether_load(
    p_aggregates   UUID[],
    p_after        INTEGER[],
    p_until        INTEGER[],      -- NULL: to the newest
    p_until_time   TIMESTAMPTZ[],  -- NULL: any time
    p_fingerprints BIGINT[]        -- NULL: no snapshot
)
RETURNS TABLE (
    request INTEGER,               -- index into the arguments, from 1
    head_type VARCHAR, head INTEGER, event_sequence BIGINT, event_id UUID, event_type VARCHAR,
    aggregate_version INTEGER, payload JSONB, metadata JSONB, "timestamp" TIMESTAMPTZ,
    created_at TIMESTAMPTZ, schema_version SMALLINT
)
LANGUAGE plpgsql
STABLE -- what the archiver moves meanwhile is neither missed nor seen twice
-- Planned once per session, and right when the tables have grown: nested loops over indexes. So rows
-- come in the order in which they are written down here.
SET plan_cache_mode = force_generic_plan
SET enable_nestloop = on SET enable_indexscan = on SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off
SET enable_memoize = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.request::integer, h.aggregate_type, h.version, found.*
        FROM unnest(p_aggregates, p_after, p_until, p_until_time, p_fingerprints)
             WITH ORDINALITY AS r(id, after, until, until_time, fingerprint, request)
        JOIN aether_streams AS h ON h.aggregate_id = r.id AND h.version > 0
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN r.until_time IS NULL THEN coalesce(r.until, 2147483647)
                ELSE (SELECT coalesce(max(e.aggregate_version), 0) FROM aether_log AS e
                      WHERE e.aggregate_id = r.id AND e.timestamp <= r.until_time)
            END AS version
            OFFSET 0 -- worked out once, not wherever it is used
        ) AS last
        LEFT JOIN LATERAL (
            SELECT * FROM snapshots AS s
            WHERE s.aggregate_id = r.id AND s.fingerprint = r.fingerprint
              AND s.aggregate_version > r.after AND s.aggregate_version <= last.version
            ORDER BY s.aggregate_version DESC
            LIMIT 1
        ) AS s ON TRUE
        LEFT JOIN LATERAL (
            SELECT NULL::bigint, s.snapshot_id, coalesce(s.last_event_id::text, '')::varchar, s.aggregate_version, s.state, '{}'::jsonb,
                   s.created_at, s.created_at, 0::smallint
            WHERE s.snapshot_id IS NOT NULL
            UNION ALL
            (SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_version, e.payload,
                    e.metadata, e.timestamp, e.created_at, e.schema_version
             FROM evenements_archive AS e
             WHERE e.aggregate_id = r.id
               AND e.aggregate_version > coalesce(s.aggregate_version, r.after)
               AND e.aggregate_version <= last.version
             ORDER BY e.aggregate_version)
            UNION ALL
            (SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_version, e.payload,
                    e.metadata, e.timestamp, e.created_at, e.schema_version
             FROM evenements AS e
             WHERE e.aggregate_id = r.id
               AND e.aggregate_version > coalesce(s.aggregate_version, r.after)
               AND e.aggregate_version <= last.version
               AND e.timestamp BETWEEN h.first_event_at AND h.last_event_at
               AND e.tableoid <> 'evenements_default'::regclass
             ORDER BY e.aggregate_version)
            UNION ALL
            -- by name: a plan that is newer than the snapshot may leave it out
            (SELECT e.event_sequence, e.event_id, e.event_type, e.aggregate_version, e.payload,
                    e.metadata, e.timestamp, e.created_at, e.schema_version
             FROM evenements_default AS e
             WHERE e.aggregate_id = r.id
               AND e.aggregate_version > coalesce(s.aggregate_version, r.after)
               AND e.aggregate_version <= last.version
             ORDER BY e.aggregate_version)
        ) AS found ON TRUE;
END
$$;
