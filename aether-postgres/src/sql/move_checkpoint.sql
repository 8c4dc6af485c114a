UPDATE aether_checkpoints
SET position = $5, anchor_of = $5, anchor_position = $6, anchor_id = $7, updated_at = clock_timestamp()
WHERE projection = $1 AND shard = $2 AND position = $3 AND epoch = $4
  AND ($8::uuid IS NULL OR $8 = aether_incarnation())
-- false: the projection has ended the transaction that it was to be committed in
RETURNING coalesce(current_setting('aether.step', true) = 'open', false)
