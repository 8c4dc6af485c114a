UPDATE aether_checkpoints
SET position = $5, updated_at = clock_timestamp()
WHERE projection = $1 AND shard = $2 AND position = $3 AND epoch = $4
