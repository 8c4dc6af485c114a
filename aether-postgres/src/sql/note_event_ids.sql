-- Notes the ids of the events at the next $2 positions up to the horizon $1, and returns how far they are known.
WITH known AS (
    SELECT known_to, least(known_to + $2, greatest(known_to, $1)) AS until FROM aether_event_ids_known FOR UPDATE
), noted AS (
    INSERT INTO aether_event_ids
    SELECT e.event_id, e.event_sequence
    FROM known AS k,
         aether_events_in(
             ARRAY(SELECT aether_tables_at(k.known_to + 1, k.until)),
             'WHERE e.event_sequence BETWEEN ($1)[1] AND ($1)[2]', TRUE, ARRAY[k.known_to + 1, k.until]
         ) AS e
    ON CONFLICT DO NOTHING
)
UPDATE aether_event_ids_known AS k SET known_to = known.until FROM known
RETURNING k.known_to
