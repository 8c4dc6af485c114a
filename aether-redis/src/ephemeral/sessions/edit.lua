-- Changes one field of a session that is valid. Does not renew it.
--
-- KEYS[1]  the user's set of session ids
-- KEYS[2]  the session: a hash
-- ARGV     the session's id, the field, "set" (with the value), "remove", or "empty" (with the value it
--          must have)
--
-- Returns { 1 }, { 0 } if the session is not valid or has another value, or { "wrongtype", key, expected }.

local id, field, what, value = unpack(ARGV)
for i, expected in ipairs({ 'set', 'hash' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', KEYS[i], expected } end
end
if redis.call('SISMEMBER', KEYS[1], id) == 0 or redis.call('EXISTS', KEYS[2]) == 0 then return { 0 } end
if what == 'empty' and redis.call('HGET', KEYS[2], field) ~= value then return { 0 } end
if what == 'set' then redis.call('HSET', KEYS[2], field, value)
elseif what == 'empty' then redis.call('HSET', KEYS[2], field, '')
else redis.call('HDEL', KEYS[2], field) end
return { 1 }
