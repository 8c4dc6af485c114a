-- Where the events with these ids are: those that are noted, and those past the noted ones.
SELECT e.event_id, e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM aether_events_at(ARRAY(SELECT i.event_sequence FROM aether_event_ids AS i WHERE i.event_id = ANY ($1))) AS e
WHERE e.event_id = ANY ($1)
UNION ALL
SELECT e.event_id, e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM aether_events_in(
    ARRAY(SELECT aether_tables_at($2 + 1, 9223372036854775807)),
    'WHERE e.event_sequence > ($1)[1] AND e.event_id = ANY ($3)', TRUE, ARRAY[$2], NULL, $1
) AS e
