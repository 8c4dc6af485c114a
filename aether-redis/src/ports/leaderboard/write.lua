-- Applies changes to a leaderboard, each once and as if in order of sequence: all of them or none.
--
-- KEYS[1]  the ranking: a sorted set
-- KEYS[2]  the members: a hash of records by id
-- KEYS[3]  the state: a hash with the fields "season", "since", "last", and of a rebuild "id"
-- ARGV     the id of the rebuild or "", "earlier" or "higher", how many increments are remembered, up to which
--          sequence increments may be added up, then per change:
--            action (set | add | remove | keep), member, sequence, season or "", "1" if named, name, number
--
-- Returns { "ok", applied, stale, late }, or without having changed anything
-- { "wrongtype", key, expected }, { "superseded" }, { "ahead", season, current }, { "range", member },
-- { "broken", member }.

local ranking, members, state = KEYS[1], KEYS[2], KEYS[3]
local rebuild, ties, window, settled = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local FIRST, WIDTH = 5, 7

for i, expected in ipairs({ 'zset', 'hash', 'hash' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', KEYS[i], expected } end
end
local stored = redis.call('HMGET', state, 'season', 'since', 'last', 'id')
if rebuild ~= '' and stored[4] ~= rebuild then return { 'superseded' } end
local season, since, last = tonumber(stored[1] or '1'), stored[2] or '0', stored[3] or '0'

local ids, records, before, dirty = {}, {}, {}, {}
for at = FIRST, #ARGV, WIDTH do
  local id = ARGV[at + 1]
  if records[id] == nil then
    records[id] = false
    ids[#ids + 1] = id
  end
end
if #ids == 0 then return { 'ok', 0, 0, 0 } end
for i, found in ipairs(redis.call('HMGET', members, unpack(ids))) do
  local id, record = ids[i], read(found)
  if not record then return { 'broken', id } end
  records[id] = record
  if score(record) then before[id] = entry(id, record, ties) end
end

local function add(record, sequence, points)
  if not lower(record.since, sequence) then return false end
  local list, at = record.increments, #record.increments + 1
  while at > 1 and lower(sequence, list[at - 1].sequence) do at = at - 1 end
  if at > 1 and list[at - 1].sequence == sequence then return false end
  local written = sequence .. (points < 0 and '' or '+') .. text(points)
  table.insert(list, at, { sequence = sequence, points = points, written = written })
  return true
end

local function replace(record, sequence, base)
  if not lower(record.since, sequence) then return false end
  local later = {}
  for _, it in ipairs(record.increments) do
    if it.sequence == sequence then return false end
    if lower(sequence, it.sequence) then later[#later + 1] = it end
  end
  record.since, record.base, record.increments = sequence, base, later
  return true
end

local function rename(record, sequence, name)
  if not lower(record.named, sequence) then return false end
  record.named, record.name = sequence, name
  return true
end

-- Adds the oldest increments up: those that are too many, and will not be sent again by the sender of these.
local function fold(record)
  local list = record.increments
  while #list > window and not lower(settled, list[1].sequence) do
    record.base, record.since = (record.base or 0) + list[1].points, list[1].sequence
    table.remove(list, 1)
  end
end

local applied, stale, late = 0, 0, 0
for at = FIRST, #ARGV, WIDTH do
  local action, id, sequence, of = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local named, name, number = ARGV[at + 4] == '1', ARGV[at + 5], tonumber(ARGV[at + 6])
  if of ~= '' and tonumber(of) > season then return { 'ahead', of, text(season) } end
  if not lower(since, sequence) or (of ~= '' and tonumber(of) < season) then
    late = late + 1
  else
    local record, changed = records[id], false
    if action == 'set' then changed = replace(record, sequence, number)
    elseif action == 'add' then changed = add(record, sequence, number)
    elseif action == 'remove' then changed = replace(record, sequence, nil)
    end
    if named and rename(record, sequence, name) then changed = true end
    local _, out_of_range = score(record)
    if out_of_range then return { 'range', id } end
    if changed then
      fold(record)
      dirty[id] = true
      if lower(last, sequence) then last = sequence end
      applied = applied + 1
    else
      stale = stale + 1
    end
  end
end
if applied == 0 then return { 'ok', applied, stale, late } end

local gone, ranked, lines = {}, {}, {}
for id in pairs(dirty) do
  local record = records[id]
  local now = score(record)
  local after = now and entry(id, record, ties)
  if before[id] and before[id] ~= after then gone[#gone + 1] = before[id] end
  if after then
    ranked[#ranked + 1] = text(now)
    ranked[#ranked + 1] = after
  end
  lines[#lines + 1] = id
  lines[#lines + 1] = line(record)
end
if #gone > 0 then redis.call('ZREM', ranking, unpack(gone)) end
if #ranked > 0 then redis.call('ZADD', ranking, unpack(ranked)) end
redis.call('HSET', members, unpack(lines))
redis.call('HSET', state, 'last', last)
return { 'ok', applied, stale, late }
