#!lua
-- Counts something, or marks somebody as seen, for the day it is or for the day of an event.
--
-- KEYS[1]  the day that is: a counter, or a HyperLogLog; gone when the day ends
-- KEYS[2]  the sequence of the last event of each source: a hash
-- ARGV     how the keys of single days begin, for how many days those are kept,
--          "count" or "mark", the number or the member,
--          the event's time (unix ms) or "", its source or "", its sequence,
--          the start of the first of some successive days (unix ms), then the end and the name of each
--
-- Returns { "done", the day's number, or 1 for somebody new }; { "stale" } for an event that was counted, and
-- { "over" } for one whose day is not kept any more; { "days", now (unix ms) } if the clock of Redis is
-- outside of those days; { "wrongtype", key, expected }; { "range", key } if a counter cannot count that far.
-- Only the first one has changed anything.

local base, keep, kind, what = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local at, source, sequence = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Which of the days is it now, and which one was it at the event?
local today, day
if now >= tonumber(ARGV[8]) then
  for i = 9, #ARGV, 2 do
    local ends = tonumber(ARGV[i])
    if at and not day and at >= tonumber(ARGV[8]) and at < ends then day = i end
    if now < ends then today = i break end
  end
end
if not today then return { 'days', now } end
-- An event from the future: its clock is a little ahead.
if not at or at >= now then day = today end
if not day or (day < today and keep == 0) then return { 'over' } end
local until_then = tonumber(ARGV[day]) + keep * 86400000
-- A day that is kept ends with the last day that may ask for it; three hours more than its length.
if keep > 0 then until_then = until_then + 10800000 end
if until_then <= now then return { 'over' } end

local dated = keep > 0 and base .. ARGV[day + 1] or nil
local keys = {}
if day == today then keys[1] = KEYS[1] end
if dated then keys[#keys + 1] = dated end

-- Look at everything before the first write.
local found = redis.call('TYPE', KEYS[2]).ok
if found ~= 'none' and found ~= 'hash' then return { 'wrongtype', KEYS[2], 'hash' } end
for _, key in ipairs(keys) do
  found = redis.call('TYPE', key).ok
  if found ~= 'none' then
    local fits = found == 'string'
    if fits and kind == 'count' then
      fits = redis.call('STRLEN', key) < 21 and redis.call('GET', key):match('^%-?%d+$')
    elseif fits then
      fits = redis.call('GETRANGE', key, 0, 3) == 'HYLL'
    end
    if not fits then return { 'wrongtype', key, kind == 'count' and 'counter' or 'HyperLogLog' } end
  end
end

-- Sequences have up to 19 digits: more than a Lua number holds.
if source ~= '' then
  local seen = redis.call('HGET', KEYS[2], source)
  if seen and (#seen > #sequence or (#seen == #sequence and seen >= sequence)) then return { 'stale' } end
end

local answer, before = nil, {}
for i, key in ipairs(keys) do
  -- Midnight came between the start of this script and now: Redis still shows what has ended.
  local ends = redis.call('PEXPIRETIME', key)
  if ends >= 0 and ends <= now then redis.call('DEL', key) end
  local result
  if kind == 'count' then
    -- What Redis cannot add up is known when it is tried; then the key before is as it was.
    before[i] = redis.call('GET', key)
    result = redis.pcall('INCRBY', key, what)
    if type(result) == 'table' then
      if i == 2 and before[1] then redis.call('SET', keys[1], before[1], 'KEEPTTL')
      elseif i == 2 then redis.call('DEL', keys[1]) end
      if result.err:find('overflow', 1, true) then return { 'range', key } end
      return result
    end
    result = redis.call('GET', key)
  else
    result = redis.call('PFADD', key, what)
  end
  answer = answer or result
end
for _, key in ipairs(keys) do
  -- Only a new key gets its end: one that is a moment from it must not live on into the next day.
  if redis.call('PTTL', key) == -1 then
    redis.call('PEXPIREAT', key, key == dated and until_then or ARGV[day])
  end
end
if source ~= '' then
  redis.call('HSET', KEYS[2], source, sequence)
  -- Longer than what it guards: when it is gone, the event's day is over.
  if redis.call('PTTL', KEYS[2]) == -1 then redis.call('PEXPIREAT', KEYS[2], until_then)
  else redis.call('PEXPIREAT', KEYS[2], until_then, 'GT') end
end
return { 'done', answer }
