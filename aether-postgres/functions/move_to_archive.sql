-- Moves up to p_limit events (NULL: all) of one partition that happened from p_from to p_to to the archive, the oldest
-- first. Returns how many.
--
-- The heads of their streams are told, but for those that others hold, who may be waiting for this very move: loads
-- find such events after a second look.
CREATE OR REPLACE FUNCTION aether_move_to_archive(
    p_partition TEXT, p_from TIMESTAMPTZ, p_to TIMESTAMPTZ, p_limit BIGINT
) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_moved UUID[];
BEGIN
    PERFORM set_config('aether.archiving', 'on', true);
    EXECUTE format(
        'WITH chosen AS (
             SELECT event_sequence FROM %1$I
             WHERE timestamp >= $1 AND timestamp < $2
             ORDER BY event_sequence LIMIT $3
         ), moved AS (
             DELETE FROM %1$I AS e USING chosen AS c WHERE e.event_sequence = c.event_sequence RETURNING e.*
         ), kept AS (
             INSERT INTO evenements_archive SELECT * FROM moved RETURNING aggregate_id
         )
         SELECT array_agg(aggregate_id) FROM kept', p_partition)
    INTO v_moved USING p_from, p_to, p_limit;
    PERFORM set_config('aether.archiving', 'off', true);
    UPDATE aether_streams SET archived = TRUE
    WHERE aggregate_id IN (
        SELECT aggregate_id FROM aether_streams WHERE aggregate_id = ANY (v_moved) AND NOT archived
        FOR UPDATE SKIP LOCKED
    );
    RETURN coalesce(cardinality(v_moved), 0);
END
$$;

REVOKE EXECUTE ON FUNCTION aether_move_to_archive(TEXT, TIMESTAMPTZ, TIMESTAMPTZ, BIGINT) FROM PUBLIC;
