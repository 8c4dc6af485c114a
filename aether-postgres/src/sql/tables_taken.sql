-- Another projection that fills one of these tables.
SELECT p.projection, (SELECT min(t.name) FROM unnest(p.tables) AS t(name) WHERE t.name = ANY ($2))
FROM aether_projections AS p
WHERE p.projection <> $1 AND p.tables && $2
ORDER BY 1 LIMIT 1
