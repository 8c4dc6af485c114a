#!lua
-- Takes tokens out of a bucket that fills up by itself, or says when they will be there.
--
-- KEYS[1]  the bucket: a hash with the fields "level", "at" (unix us), "unit"; a bucket that is not
--          there is full
-- ARGV     tokens to take, units per token, units gained per quantum, units of a full bucket, quantum (us)
--
-- A unit is as much of a token as makes everything a whole number: nothing is ever rounded, nothing drifts.
--
-- Returns { "allowed", tokens left } or { "limited", microseconds until there are enough }.

local unit, gain, full, quantum = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local cost = tonumber(ARGV[1]) * unit
local time = redis.call('TIME')
local now = math.floor((time[1] * 1000000 + time[2]) / quantum)

local stored = redis.call('HMGET', KEYS[1], 'level', 'at', 'unit')
local level, at, written = tonumber(stored[1]), tonumber(stored[2]), tonumber(stored[3])
local turned_back = false
if level and at and written then
  -- The limit was changed: as many tokens are left as were.
  if written ~= unit then level = math.floor(level / written * unit) end
  local passed = now - math.floor(at / quantum)
  -- A clock that was put back fills nothing, and the bucket goes on from where the clock is now.
  if passed < 0 then passed, turned_back = 0, true end
  level = math.min(full, level + passed * gain)
else
  level = full
end

local allowed = cost <= level
if allowed then level = level - cost end
if (allowed and cost > 0) or turned_back then
  redis.call('HSET', KEYS[1], 'level', string.format('%.0f', level),
    'at', string.format('%.0f', now * quantum), 'unit', ARGV[2])
  -- Gone when it is full again. The quantum that has begun counts as a whole one.
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((full - level) / gain * quantum / 1000) + 1))
end
if allowed then return { 'allowed', math.floor(level / unit) } end
return { 'limited', math.ceil((cost - level) / gain) * quantum }
