#!lua
-- Takes a projection over: raises its epoch, and gives back position and epoch.
--
-- KEYS[1]  the checkpoint: a hash with the fields "position" and "epoch"
--
-- An epoch is at least the server's time in microseconds, so that it rises across a flush too: a
-- runner from before can not mistake the new checkpoint for its own.

local checkpoint = redis.call('HMGET', KEYS[1], 'position', 'epoch')
local position = checkpoint[1] or '0'
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000000 + tonumber(time[2])
if checkpoint[2] and tonumber(checkpoint[2]) >= epoch then epoch = tonumber(checkpoint[2]) + 1 end
epoch = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'position', position, 'epoch', epoch)
return { position, epoch }
