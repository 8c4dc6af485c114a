-- As many positions as there are times, and the months of those times written down for them.
SELECT drawn.positions, aether_map_months(drawn.positions, $1)
FROM (
    SELECT ARRAY(SELECT nextval('aether_event_sequence') FROM unnest($1::timestamptz[])) AS positions
    OFFSET 0
) AS drawn
