#!lua flags=allow-oom
-- Lists the sessions of a user, and takes those off the list that have ended.
--
-- KEYS[1]  the user's set of session ids
-- ARGV     how the user's session keys begin
--
-- Returns { { id, fields } … }, or { "wrongtype", key, expected }.

local found = redis.call('TYPE', KEYS[1]).ok
if found ~= 'none' and found ~= 'set' then return { 'wrongtype', KEYS[1], 'set' } end
local reply = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local key = ARGV[1] .. id:match('[^.]+$')
  if redis.call('TYPE', key).ok == 'hash' then reply[#reply + 1] = { id, redis.call('HGETALL', key) }
  else redis.call('SREM', KEYS[1], id) end
end
return reply
