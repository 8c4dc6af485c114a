-- Notes the ids of the next $2 events at or below the horizon $1, and returns how far they are known.
WITH known AS (
    SELECT known_to FROM aether_event_ids_known FOR UPDATE
), portion AS (
    SELECT e.event_id, e.event_sequence
    FROM known, aether_log AS e
    WHERE e.event_sequence > known.known_to AND e.event_sequence <= $1
    ORDER BY e.event_sequence
    LIMIT $2
), noted AS (
    INSERT INTO aether_event_ids SELECT event_id, event_sequence FROM portion ON CONFLICT DO NOTHING
)
UPDATE aether_event_ids_known AS k
SET known_to = greatest(k.known_to, CASE
    WHEN (SELECT count(*) FROM portion) < $2 THEN $1
    ELSE (SELECT max(event_sequence) FROM portion)
END)
RETURNING k.known_to
