-- Draws $1 positions and says which is the first and which the last; writes the months of some of those that are expected
-- down.
SELECT drawn.first, drawn.last, aether_map_months($2, $3)
FROM (
    SELECT min(d.position) AS first, max(d.position) AS last
    FROM (SELECT nextval('aether_event_sequence') AS position FROM generate_series(1, $1)) AS d
) AS drawn
