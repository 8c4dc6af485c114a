#!lua flags=no-writes
-- Some players of a zone, in the order of their ids.
--
-- KEYS[1]  the players of this shard: a sorted set by the end of their window (unix ms)
-- KEYS[2]  the players of the zone: a sorted set, all with the same score
-- ARGV     from where on ("-", or "(" and a player), how many are looked at
--
-- Returns { { player … who are there }, the last one looked at, or nothing if there are no more }, or
-- { "wrongtype", key, expected }.

for i = 1, 2 do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= 'zset' then return { 'wrongtype', KEYS[i], 'sorted set' } end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local players = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
if #players == 0 then return { {} } end
local ends, there = redis.call('ZMSCORE', KEYS[1], unpack(players)), {}
for i, player in ipairs(players) do
  if (tonumber(ends[i]) or 0) > now then there[#there + 1] = player end
end
if #players < tonumber(ARGV[2]) then return { there } end
return { there, players[#players] }
