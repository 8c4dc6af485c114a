-- The first and the last event of some positions in each month that has any.
SELECT date_trunc('month', e.timestamp, 'UTC'), min(e.event_sequence), max(e.event_sequence)
FROM aether_events_in(
    (ARRAY(SELECT aether_tables_at($1, $2)))[3:],
    'WHERE e.event_sequence BETWEEN ($1)[1] AND ($1)[2]', TRUE, ARRAY[$1, $2]
) AS e
GROUP BY 1
