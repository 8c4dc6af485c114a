#!lua
-- Takes a shard over under an epoch, and gives back its position, its epoch and its anchor.
--
-- KEYS[1]  the checkpoint: a hash with the fields "position", "epoch" and "anchor"
-- ARGV[1]  the epoch
--
-- Returns "fenced" if a higher epoch was here already.

local checkpoint = redis.call('HMGET', KEYS[1], 'position', 'epoch', 'anchor')
local position, epoch = checkpoint[1] or '0', checkpoint[2]
if epoch and tonumber(epoch) > tonumber(ARGV[1]) then return 'fenced' end
redis.call('HSET', KEYS[1], 'position', position, 'epoch', ARGV[1])
return { position, ARGV[1], checkpoint[3] or '' }
