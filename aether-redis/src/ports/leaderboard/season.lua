-- Starts a season, and keeps the ranking of the one before.
--
-- KEYS[1…3]  the ranking, the members and the state
-- KEYS[4…5]  of a live board: where the old ranking and its members go
-- KEYS[6…]   of a live board: keys of seasons that are kept no longer
-- ARGV       the id of the rebuild or "", "earlier" or "higher", the season, its sequence, the season before, how
--            many members may be carried over, the seasons that are kept ("1,2"), and to carry scores over:
--            numerator, denominator, offset
--
-- Returns { "started" }, { "already" }, { "moved" } if the season before was another one, or without having
-- changed anything { "wrongtype", key, expected }, { "superseded" }, { "large", members },
-- { "range", member }, { "broken", member }.

local ranking, members, state = KEYS[1], KEYS[2], KEYS[3]
local rebuild, ties, season, sequence = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local CHUNK = 500

local kinds = { 'zset', 'hash', 'hash', 'zset', 'hash' }
for i = 1, math.min(#KEYS, 5) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= kinds[i] then return { 'wrongtype', KEYS[i], kinds[i] } end
end
local stored = redis.call('HMGET', state, 'season', 'last', 'id')
if rebuild ~= '' and stored[3] ~= rebuild then return { 'superseded' } end
local current, last = stored[1] or '1', stored[2] or '0'
if tonumber(season) <= tonumber(current) then return { 'already' } end
if current ~= ARGV[5] then return { 'moved' } end

local ranked, lines = {}, {}
if ARGV[8] then
  local numerator, denominator, offset = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
  local count = redis.call('HLEN', members)
  if count > tonumber(ARGV[6]) then return { 'large', count } end
  local too_far
  local all = redis.call('HGETALL', members)
  for i = 1, #all, 2 do
    local id, record = all[i], read(all[i + 1])
    if not record then return { 'broken', id } end
    local old = score(record)
    if old then
      local product = old * numerator
      local rest = math.fmod(product, denominator)
      local new = (product - rest) / denominator
      if rest < 0 then new = new - 1 end
      new = new + offset
      if (beyond(product) or beyond(new)) and (not too_far or id < too_far) then too_far = id end
      record.since, record.base, record.increments = sequence, new, {}
      ranked[#ranked + 1] = text(new)
      ranked[#ranked + 1] = entry(id, record, ties)
      lines[#lines + 1] = id
      lines[#lines + 1] = line(record)
    end
  end
  if too_far then return { 'range', too_far } end
end

for i = 1, 2 do
  if rebuild ~= '' then redis.call('UNLINK', KEYS[i])
  elseif redis.call('EXISTS', KEYS[i]) == 1 then redis.call('RENAME', KEYS[i], KEYS[i + 3])
  else redis.call('UNLINK', KEYS[i + 3])
  end
end
for i = 6, #KEYS do redis.call('UNLINK', KEYS[i]) end
for i = 1, #lines, CHUNK do
  local to = math.min(i + CHUNK - 1, #lines)
  redis.call('ZADD', ranking, unpack(ranked, i, to))
  redis.call('HSET', members, unpack(lines, i, to))
end
if lower(last, sequence) then last = sequence end
redis.call('HSET', state, 'season', season, 'since', sequence, 'last', last, 'kept', ARGV[7])
return { 'started' }
