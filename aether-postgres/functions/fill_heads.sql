-- Gives heads from before they had one the id of their last event, some at a time. Whether there may be more; false also
-- while another one is at it. Heads that are just being raised are passed over: they get theirs by that.
CREATE OR REPLACE FUNCTION aether_fill_heads(p_heads INTEGER) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    v_after UUID;
    v_ids   UUID[];
BEGIN
    SELECT h.after INTO v_after FROM aether_heads_without_id AS h FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_ids := ARRAY(
        SELECT s.aggregate_id FROM aether_streams AS s
        WHERE v_after IS NULL OR s.aggregate_id > v_after
        ORDER BY s.aggregate_id LIMIT p_heads);
    IF cardinality(v_ids) = 0 THEN
        DELETE FROM aether_heads_without_id;
        RETURN false;
    END IF;
    WITH free AS (
        SELECT s.aggregate_id, s.version, s.first_event_at, s.last_event_at FROM aether_streams AS s
        WHERE s.aggregate_id = ANY (v_ids) AND s.last_event_of IS DISTINCT FROM s.version
        FOR UPDATE SKIP LOCKED
    )
    UPDATE aether_streams AS s SET last_event_id = e.event_id, last_event_of = free.version
    FROM free
    CROSS JOIN LATERAL (
        SELECT l.event_id FROM aether_log AS l
        WHERE l.aggregate_id = free.aggregate_id AND l.aggregate_version = free.version
          AND l.timestamp BETWEEN free.first_event_at AND free.last_event_at
        LIMIT 1
    ) AS e
    WHERE s.aggregate_id = free.aggregate_id;
    UPDATE aether_heads_without_id SET after = v_ids[cardinality(v_ids)];
    RETURN true;
END
$$;
