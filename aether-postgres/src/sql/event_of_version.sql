-- The event that a stream has at a version.
SELECT e.event_id
FROM aether_events_in(
    ARRAY(
        SELECT aether_tables_between(s.first_event_at, s.last_event_at)
        FROM aether_streams AS s WHERE s.aggregate_id = $1
    ),
    'WHERE e.aggregate_id = ANY ($2) AND e.aggregate_version = ($1)[1]', TRUE, ARRAY[$2::bigint], ARRAY[$1]
) AS e
