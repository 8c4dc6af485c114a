#!lua flags=allow-oom
-- Notes that players are there, for the length of a window, and where.
--
-- KEYS[1]  the players of this shard: a sorted set by the end of their window (unix ms)
-- KEYS[2]  the zone each of them is in: a hash
-- ARGV     how the keys of zones begin, the window (ms), how many players that have gone are cleared away,
--          then player and zone of each
--
-- The key of a zone is a sorted set of its players, all with the score 0: in the order of their ids.
--
-- Returns { 1 for each who was not there before, else 0 … }, or { "wrongtype", key, expected }.

local online, zones, base, window = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local checked = { [online] = 'zset', [zones] = 'hash' }
for i = 5, #ARGV, 2 do checked[base .. ARGV[i]] = 'zset' end
for key, expected in pairs(checked) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= expected then
    return { 'wrongtype', key, expected == 'zset' and 'sorted set' or expected }
  end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%.0f', now + window)

local function renew(key)
  if redis.call('PTTL', key) == -1 then redis.call('PEXPIRE', key, window)
  else redis.call('PEXPIRE', key, window, 'GT') end
end

local reply = {}
for i = 4, #ARGV, 2 do
  local player, zone = ARGV[i], ARGV[i + 1]
  local known = tonumber(redis.call('ZSCORE', online, player))
  local before = redis.call('HGET', zones, player)
  if before and before ~= zone then redis.call('ZREM', base .. before, player) end
  redis.call('ZADD', online, ends, player)
  redis.call('HSET', zones, player, zone)
  redis.call('ZADD', base .. zone, 0, player)
  reply[#reply + 1] = (known and known > now) and 0 or 1
end
-- Those in a key have renewed it: it outlives all of them.
for key in pairs(checked) do renew(key) end

-- A bounded number at once, and yet as many as can have come.
local gone = redis.call('ZRANGEBYSCORE', online, '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[3])
for _, player in ipairs(gone) do
  local zone = redis.call('HGET', zones, player)
  if zone then redis.pcall('ZREM', base .. zone, player) end
  redis.call('HDEL', zones, player)
  redis.call('ZREM', online, player)
end
return reply
