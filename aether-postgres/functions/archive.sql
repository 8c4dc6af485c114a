-- Moves up to p_limit of the oldest events that happened before p_before. Returns how many.
CREATE OR REPLACE FUNCTION aether_archive(p_before TIMESTAMPTZ, p_limit INTEGER) RETURNS BIGINT
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_moved BIGINT;
BEGIN
    PERFORM set_config('aether.archiving', 'on', true);
    WITH chosen AS (
        SELECT event_sequence, timestamp FROM evenements
        WHERE timestamp < p_before
        ORDER BY event_sequence
        LIMIT p_limit
    ), moved AS (
        DELETE FROM evenements AS e USING chosen AS c
        WHERE e.event_sequence = c.event_sequence AND e.timestamp = c.timestamp
        RETURNING e.*
    ), kept AS (
        INSERT INTO evenements_archive SELECT * FROM moved RETURNING aggregate_id
    ), flagged AS (
        UPDATE aether_streams SET archived = TRUE
        WHERE NOT archived AND aggregate_id IN (SELECT aggregate_id FROM kept)
    )
    SELECT count(*) INTO v_moved FROM kept;
    PERFORM set_config('aether.archiving', 'off', true);
    RETURN v_moved;
END
$$;
