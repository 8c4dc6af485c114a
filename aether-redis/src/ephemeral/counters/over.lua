#!lua flags=allow-oom
-- What was counted today and on the days before.
--
-- KEYS[1]  the day that is: a counter, or a HyperLogLog
-- ARGV     how the keys of single days begin, how many days, "count" or "mark",
--          the start of the first of some successive days (unix ms), then the end and the name of each
--
-- Returns { "done", number of each day … } for counters, { "done", number of all } for HyperLogLogs,
-- { "days", now (unix ms) } if the clock of Redis is outside of those days; { "wrongtype", key, expected }.

local base, days, kind = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local today
if now >= tonumber(ARGV[4]) then
  for i = 5, #ARGV, 2 do
    if now < tonumber(ARGV[i]) then today = i break end
  end
end
if not today then return { 'days', now } end

local keys = { KEYS[1] }
for i = today - 2, math.max(5, today - 2 * (days - 1)), -2 do keys[#keys + 1] = base .. ARGV[i + 1] end
local expected = kind == 'count' and 'counter' or 'HyperLogLog'
for _, key in ipairs(keys) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and (found ~= 'string' or (kind == 'mark' and redis.call('GETRANGE', key, 0, 3) ~= 'HYLL')) then
    return { 'wrongtype', key, expected }
  end
end
if kind == 'mark' then return { 'done', redis.call('PFCOUNT', unpack(keys)) } end
local reply = { 'done' }
for _, key in ipairs(keys) do
  local value = redis.call('GET', key)
  if value and not value:match('^%-?%d+$') then return { 'wrongtype', key, expected } end
  reply[#reply + 1] = value or '0'
end
return reply
