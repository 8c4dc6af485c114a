#!lua flags=no-writes
-- How many players are there.
--
-- KEYS[1]  the players of this shard: a sorted set by the end of their window (unix ms)
--
-- Returns { number }.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return { redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%.0f', now), '+inf') }
