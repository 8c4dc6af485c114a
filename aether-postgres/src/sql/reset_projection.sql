-- Sends every shard to one position, under a new epoch: a node that runs it is fenced. Shards that
-- nobody has run yet get their checkpoint here.
INSERT INTO aether_checkpoints AS c (projection, shard, position, epoch)
SELECT s.projection, s.shard, $2, nextval('aether_epochs')
FROM (
    SELECT projection, generate_series(0, shards - 1) AS shard
    FROM aether_projections WHERE projection = $1
    UNION
    SELECT projection, shard FROM aether_checkpoints WHERE projection = $1
) AS s
ON CONFLICT (projection, shard) DO UPDATE
SET position = excluded.position,
    epoch = greatest(excluded.epoch, c.epoch + 1),
    failure = NULL,
    updated_at = clock_timestamp()
