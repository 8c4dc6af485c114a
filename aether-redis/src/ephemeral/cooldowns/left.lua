#!lua flags=no-writes
-- What is left of the cooldowns that run.
--
-- KEYS[1]  when each skill can be used again: a hash of unix microseconds
-- ARGV     the field of one skill, or nothing for all
--
-- Returns { field, microseconds left, … }.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stored = ARGV[1] and { ARGV[1], redis.call('HGET', KEYS[1], ARGV[1]) } or redis.call('HGETALL', KEYS[1])
local reply = {}
for i = 1, #stored, 2 do
  local ends = tonumber(stored[i + 1]) or 0
  if ends > now then
    reply[#reply + 1] = stored[i]
    reply[#reply + 1] = ends - now
  end
end
return reply
