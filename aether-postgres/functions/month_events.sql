-- The events of some aggregates that happened within a span of time, between two versions each, without those in the
-- archive. Versions may be missing and come in any order: it is for the caller to put them together.
CREATE OR REPLACE FUNCTION aether_month_events(
    p_aggregates UUID[],
    p_after      INTEGER[],
    p_until      INTEGER[],
    p_from       TIMESTAMPTZ,
    p_to         TIMESTAMPTZ,      -- exclusive
    p_bare       BOOLEAN           -- without payloads and metadata
)
RETURNS TABLE (
    request INTEGER,               -- index into the arguments, from 1
    event_sequence BIGINT, event_id UUID, event_type VARCHAR, aggregate_version INTEGER, payload JSONB,
    metadata JSONB, "timestamp" TIMESTAMPTZ, created_at TIMESTAMPTZ, schema_version SMALLINT
)
LANGUAGE plpgsql
-- One snapshot, older than the plan: every partition whose rows it sees is in the plan, since rows only ever move to
-- the archive, and months are not dropped as long as somebody may need them.
STABLE
-- The span is known when the query is planned: only the partitions in it are opened.
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off
SET enable_memoize = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.request::integer, e.event_sequence, e.event_id, e.event_type, e.aggregate_version,
               CASE WHEN NOT p_bare THEN e.payload END, CASE WHEN NOT p_bare THEN e.metadata END,
               e.timestamp, e.created_at, e.schema_version
        FROM unnest(p_aggregates, p_after, p_until) WITH ORDINALITY AS r(id, after, until, request)
        JOIN evenements AS e
            ON e.aggregate_id = r.id
            AND e.aggregate_version > r.after
            AND e.aggregate_version <= r.until
        WHERE e.timestamp >= p_from AND e.timestamp < p_to;
END
$$;
