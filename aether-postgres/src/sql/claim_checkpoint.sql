INSERT INTO aether_checkpoints AS c (projection, epoch) VALUES ($1, 1)
ON CONFLICT (projection, shard) DO UPDATE SET epoch = c.epoch + 1, updated_at = clock_timestamp()
RETURNING position, epoch
