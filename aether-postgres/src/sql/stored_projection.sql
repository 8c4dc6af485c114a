-- One row for each shard, by index; none if the projection is not registered.
SELECT coalesce(c.position, 0), coalesce(c.epoch, 0), c.failure, p.paused
FROM aether_projections AS p
CROSS JOIN generate_series(0, p.shards - 1) AS s(shard)
LEFT JOIN aether_checkpoints AS c ON c.projection = p.projection AND c.shard = s.shard
WHERE p.projection = $1
ORDER BY s.shard
