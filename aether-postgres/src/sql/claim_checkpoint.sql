INSERT INTO aether_checkpoints AS c (projection, shard, epoch)
-- one that was renamed is run under its new name only
SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM aether_projection_names AS n WHERE n.old = $1)
ON CONFLICT (projection, shard) DO UPDATE SET epoch = $3, updated_at = clock_timestamp()
WHERE c.epoch <= $3
RETURNING position, epoch, CASE WHEN anchor_of = position THEN anchor_position END, anchor_id
