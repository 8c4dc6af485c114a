-- How far the rows of a projection are whole: up to its checkpoints, in all shards, and below its first dead letter.
SELECT least(
    (SELECT CASE WHEN count(*) >= coalesce((SELECT p.shards FROM aether_projections AS p WHERE p.projection = $1), 1)
                 THEN min(c.position) ELSE 0 END
     FROM aether_checkpoints AS c WHERE c.projection = $1),
    (SELECT min(d.position) - 1 FROM aether_dead_letters AS d WHERE d.projection = $1 AND NOT d.rebuild)
)
WHERE EXISTS (SELECT FROM aether_checkpoints AS c WHERE c.projection = $1)
