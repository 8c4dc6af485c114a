#!lua flags=no-writes
-- Reads a session that is valid, and changes nothing.
--
-- KEYS[1]  the user's set of session ids
-- KEYS[2]  the session: a hash
-- ARGV     the session's id
--
-- Returns { fields }, {} if it is not valid, or { "wrongtype", key, expected }.

for i, expected in ipairs({ 'set', 'hash' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', KEYS[i], expected } end
end
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return {} end
local fields = redis.call('HGETALL', KEYS[2])
if #fields == 0 then return {} end
return { fields }
