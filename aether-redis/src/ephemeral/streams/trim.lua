#!lua flags=allow-oom
-- Removes old entries of a stream.
--
-- KEYS[1]  the stream
-- ARGV     age in milliseconds (0: none), length (0: any)
--
-- Entries older than the age go if every group has acknowledged them. If there are more than the length then,
-- the oldest go in any case. Whole nodes of the stream only: a few entries more may stay.
--
-- Returns { how many went, 1 if among them were some that a group still needed }.

local stream, age, length = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
if redis.call('EXISTS', stream) == 0 then return { 0, 0 } end

-- { milliseconds, number }
local function parse(id)
  local millis, number = id:match('^(%d+)-(%d+)$')
  return { tonumber(millis), tonumber(number) }
end
local function lower(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  return a[2] < b[2]
end
local function text(id) return string.format('%.0f-%.0f', id[1], id[2]) end

-- The first entry that some group still needs.
local needed
for _, reply in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = {}
  for i = 1, #reply, 2 do group[reply[i]] = reply[i + 1] end
  local id
  if group['pending'] > 0 then
    id = parse(redis.call('XPENDING', stream, group['name'])[2])
  else
    id = parse(group['last-delivered-id'])
    id[2] = id[2] + 1
  end
  if not needed or lower(id, needed) then needed = id end
end

local gone = 0
if age > 0 then
  local now = redis.call('TIME')
  local from = { math.max(tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) - age, 0), 0 }
  if needed and lower(needed, from) then from = needed end
  gone = redis.call('XTRIM', stream, 'MINID', '~', text(from))
end
if length == 0 or redis.call('XLEN', stream) <= length then return { gone, 0 } end

local first = needed and redis.call('XRANGE', stream, text(needed), '+', 'COUNT', 1)[1]
gone = gone + redis.call('XTRIM', stream, 'MAXLEN', '~', length)
local lost = 0
if first then
  local now_first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if not now_first or lower(parse(first[1]), parse(now_first[1])) then lost = 1 end
end
return { gone, lost }
