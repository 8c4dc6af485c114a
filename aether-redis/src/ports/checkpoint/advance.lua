#!lua
-- Moves a checkpoint, or only looks whether it can be moved.
--
-- KEYS[1]  the checkpoint: a hash with the fields "position", "epoch" and "anchor"
-- ARGV     the position it should have, the epoch it should have, the position it gets, the anchor
--          it gets, and "move" or "look"
--
-- Returns "ok"; "fenced" if somebody else took the projection over; "lost" if the checkpoint is gone
-- or went back. A checkpoint that has the new position already is fine: the answer was lost.

local checkpoint = redis.call('HMGET', KEYS[1], 'position', 'epoch')
local position, epoch = checkpoint[1], checkpoint[2]
if not position or not epoch then return 'lost' end
if epoch ~= ARGV[2] then return 'fenced' end
if position == ARGV[3] then return 'ok' end
if position ~= ARGV[1] then return 'lost' end
if ARGV[5] == 'move' then redis.call('HSET', KEYS[1], 'position', ARGV[3], 'anchor', ARGV[4]) end
return 'ok'
