-- Where the events with these ids are: those that are noted, and those past the noted ones.
SELECT e.event_id, e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM aether_log AS e
WHERE e.event_sequence = ANY (ARRAY(
        SELECT i.event_sequence FROM aether_event_ids AS i WHERE i.event_id = ANY ($1)))
  AND e.event_id = ANY ($1)
UNION ALL
SELECT e.event_id, e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM aether_log AS e
WHERE e.event_sequence > $2 AND e.event_id = ANY ($1)
