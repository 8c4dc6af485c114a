INSERT INTO aether_checkpoints AS c (projection, shard, epoch) VALUES ($1, $2, $3)
ON CONFLICT (projection, shard) DO UPDATE SET epoch = $3, updated_at = clock_timestamp()
WHERE c.epoch <= $3
RETURNING position, epoch, CASE WHEN anchor_of = position THEN anchor_position END, anchor_id
