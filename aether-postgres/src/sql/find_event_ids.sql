-- Where the events with these ids are: those that are noted, and those past the noted ones.
WITH noted AS (
    SELECT i.event_sequence FROM aether_event_ids AS i WHERE i.event_id = ANY ($1)
)
SELECT e.event_id, e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM aether_events_in(
    ARRAY(
        SELECT DISTINCT t.name
        FROM (SELECT DISTINCT n.event_sequence >> 10 << 10 AS first FROM noted AS n) AS b,
             aether_tables_at(b.first, b.first) AS t(name)
    ),
    'WHERE e.event_sequence = ANY ($1) AND e.event_id = ANY ($3)', TRUE,
    ARRAY(SELECT n.event_sequence FROM noted AS n), NULL, $1
) AS e
UNION ALL
SELECT e.event_id, e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM aether_events_in(
    ARRAY(SELECT aether_tables_at($2 + 1, 9223372036854775807)),
    'WHERE e.event_sequence > ($1)[1] AND e.event_id = ANY ($3)', TRUE, ARRAY[$2], NULL, $1
) AS e
