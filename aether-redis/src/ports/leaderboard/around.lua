-- A member and those next to it.
--
-- KEYS[1]  the ranking: a sorted set
-- KEYS[2]  the members: a hash of records by id
-- ARGV     the member, "earlier" or "higher", how many above and below
--
-- Returns { index of the first, member, score, … } or nothing if the member is not ranked;
-- { "broken", member }.

local found = redis.call('HGET', KEYS[2], ARGV[1])
if not found then return {} end
local record = read(found)
if not record then return { 'broken', ARGV[1] } end
local index = redis.call('ZREVRANK', KEYS[1], entry(ARGV[1], record, ARGV[2]))
if not index then return {} end
local reach = tonumber(ARGV[3])
local first = math.max(index - reach, 0)
local reply = redis.call('ZREVRANGE', KEYS[1], first, index + reach, 'WITHSCORES')
table.insert(reply, 1, first)
return reply
