#!lua
-- Starts the cooldown of a skill.
--
-- KEYS[1]  when each skill can be used again: a hash of unix microseconds
-- ARGV     the field of the skill, how long it takes (us), "try" (unless one runs) or "set"
--
-- Returns { "started" } or { "running", microseconds left }.

local field, span = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local ends = tonumber(redis.call('HGET', KEYS[1], field)) or 0
if ARGV[3] == 'try' and ends > now then return { 'running', ends - now } end

-- What has ended is only in the way: looked through when there is much of it.
if redis.call('HLEN', KEYS[1]) >= 64 then
  local stored = redis.call('HGETALL', KEYS[1])
  for i = 1, #stored, 2 do
    if (tonumber(stored[i + 1]) or 0) <= now then redis.call('HDEL', KEYS[1], stored[i]) end
  end
end
ends = now + span
redis.call('HSET', KEYS[1], field, string.format('%.0f', ends))
local last = string.format('%.0f', math.ceil(ends / 1000))
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIREAT', KEYS[1], last)
else redis.call('PEXPIREAT', KEYS[1], last, 'GT') end
return { 'started' }
