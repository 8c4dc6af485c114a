#!lua flags=allow-oom
-- Ends sessions of a user, all in one step.
--
-- KEYS[1]  the user's set of session ids
-- KEYS[2]  when the user's sessions were last revoked: a string
-- ARGV     how the user's session keys begin, "one" (the id), "others" (than the id) or "all", the id,
--          how long to remember this (ms)
--
-- Returns { { id, fields } … } of those that were valid, or { "wrongtype", key, expected }.

local base, what, chosen = ARGV[1], ARGV[2], ARGV[3]
for i, expected in ipairs({ 'set', 'string' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', KEYS[i], expected } end
end

-- A time, so that two revocations never leave the same mark.
if what ~= 'one' then
  local time = redis.call('TIME')
  redis.call('SET', KEYS[2], time[1] .. '.' .. time[2], 'PX', ARGV[4])
end

local reply = {}
local function revoke(id)
  local key = base .. id:match('[^.]+$')
  if redis.call('SREM', KEYS[1], id) == 1 and redis.call('TYPE', key).ok == 'hash' then
    reply[#reply + 1] = { id, redis.call('HGETALL', key) }
  end
  redis.call('DEL', key)
end
if what == 'one' then
  revoke(chosen)
else
  for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    if what == 'all' or id ~= chosen then revoke(id) end
  end
end
return reply
