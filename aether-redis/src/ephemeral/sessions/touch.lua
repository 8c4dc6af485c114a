#!lua flags=allow-oom
-- Renews a session that is valid: it is there, its user's set lists it, and it is not too old.
--
-- KEYS[1]  the user's set of session ids
-- KEYS[2]  the session: a hash
-- ARGV     the session's id, its lifetime (ms), the age at which it ends (us, 0 for never)
--
-- Returns { fields }, {} if it is not valid, or { "wrongtype", key, expected }.

local id, lifetime, oldest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
for i, expected in ipairs({ 'set', 'hash' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', KEYS[i], expected } end
end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local created = tonumber(redis.call('HGET', KEYS[2], 'created_at'))
local left = lifetime
if created and oldest > 0 then left = math.min(lifetime, math.ceil((created + oldest - now) / 1000)) end
if not created or left <= 0 or redis.call('SISMEMBER', KEYS[1], id) == 0 then
  redis.call('DEL', KEYS[2])
  redis.call('SREM', KEYS[1], id)
  return {}
end

redis.call('HSET', KEYS[2], 'last_activity', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[2], left)
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], left)
else redis.call('PEXPIRE', KEYS[1], left, 'GT') end
return { redis.call('HGETALL', KEYS[2]) }
