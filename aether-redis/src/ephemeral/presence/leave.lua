#!lua flags=allow-oom
-- Notes that a player has gone.
--
-- KEYS[1]  the players of this shard: a sorted set by the end of their window (unix ms)
-- KEYS[2]  the zone each of them is in: a hash
-- ARGV     how the keys of zones begin, the player
--
-- Returns { 1 } if the player was there, else { 0 }; or { "wrongtype", key, expected }.

local online, zones, base, player = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
for key, expected in pairs({ [online] = 'zset', [zones] = 'hash' }) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= expected then
    return { 'wrongtype', key, expected == 'zset' and 'sorted set' or expected }
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = tonumber(redis.call('ZSCORE', online, player))
local zone = redis.call('HGET', zones, player)
if zone then redis.pcall('ZREM', base .. zone, player) end
redis.call('HDEL', zones, player)
redis.call('ZREM', online, player)
return { (ends and ends > now) and 1 or 0 }
