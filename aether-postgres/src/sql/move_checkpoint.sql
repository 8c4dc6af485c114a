UPDATE aether_checkpoints
SET position = $4, updated_at = clock_timestamp()
WHERE projection = $1 AND position = $2 AND epoch = $3
