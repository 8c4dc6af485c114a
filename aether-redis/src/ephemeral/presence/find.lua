#!lua flags=no-writes
-- Where a player is.
--
-- KEYS[1]  the players of this shard: a sorted set by the end of their window (unix ms)
-- KEYS[2]  the zone each of them is in: a hash
-- ARGV     the player
--
-- Returns { zone }, {} if the player is not there, or { "wrongtype", key, expected }.

for key, expected in pairs({ [KEYS[1]] = 'zset', [KEYS[2]] = 'hash' }) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= expected then
    return { 'wrongtype', key, expected == 'zset' and 'sorted set' or expected }
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]))
local zone = redis.call('HGET', KEYS[2], ARGV[1])
if not ends or ends <= now or not zone then return {} end
return { zone }
