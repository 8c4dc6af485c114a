#!lua flags=allow-oom
-- Takes a checkpoint out of the hands of the node that runs the shard, or sends it to the start as well.
--
-- KEYS[1]  the checkpoint: a hash with the fields "position", "epoch" and "anchor"
-- ARGV[1]  "fence" or "start"

if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return 'ok' end
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
if ARGV[1] == 'start' then redis.call('HSET', KEYS[1], 'position', '0', 'anchor', '') end
return 'ok'
