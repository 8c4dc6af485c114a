#!lua
-- Creates a session in the list of its user, and makes room for it there.
--
-- KEYS[1]  the user's set of session ids
-- KEYS[2]  the session: a hash
-- KEYS[3]  when the user's sessions were last revoked: a string
-- ARGV     how the user's session keys begin, the session's id, its lifetime (ms), how many sessions the
--          user may have, "any" or "since", what KEYS[3] held then, and the fields
--
-- Returns { "created", now (unix us), { id, fields } of each session that had to go }, or { "revoked" }
-- and has changed nothing; or { "wrongtype", key, expected }.

local base, id, lifetime, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
for i, expected in ipairs({ 'set', 'hash', 'string' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', KEYS[i], expected } end
end
if ARGV[5] == 'since' and (redis.call('GET', KEYS[3]) or '') ~= ARGV[6] then return { 'revoked' } end

local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])

local live = {}
for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local key = base .. member:match('[^.]+$')
  if redis.call('TYPE', key).ok == 'hash' then
    local used = tonumber(redis.call('HGET', key, 'last_activity')) or 0
    live[#live + 1] = { id = member, key = key, used = used }
  else
    redis.call('SREM', KEYS[1], member)
  end
end
table.sort(live, function(a, b)
  if a.used ~= b.used then return a.used < b.used end
  return a.id < b.id
end)
local reply = { 'created', now }
for i = 1, #live - most + 1 do
  reply[#reply + 1] = { live[i].id, redis.call('HGETALL', live[i].key) }
  redis.call('DEL', live[i].key)
  redis.call('SREM', KEYS[1], live[i].id)
end

redis.call('HSET', KEYS[2], 'created_at', now, 'last_activity', now, unpack(ARGV, 7))
redis.call('PEXPIRE', KEYS[2], lifetime)
redis.call('SADD', KEYS[1], id)
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], lifetime)
else redis.call('PEXPIRE', KEYS[1], lifetime, 'GT') end
return reply
