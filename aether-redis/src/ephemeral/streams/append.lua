#!lua
-- Appends messages to a stream, each once.
--
-- KEYS[1]   the stream
-- KEYS[2,3] hashes: the position of the last message of each key, those seen lately and those before
-- ARGV      how many keys are remembered, then the messages, one after another: key, position, topic, body
--
-- Returns how many were new. A message at or below the last position of its key is a double.

local stream, young, old = KEYS[1], KEYS[2], KEYS[3]

-- Positions have up to 19 digits: more than a Lua number holds.
local function lower(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local added = 0
for at = 2, #ARGV, 4 do
  local key, position = ARGV[at], ARGV[at + 1]
  local last = redis.call('HGET', young, key) or redis.call('HGET', old, key)
  if not last or lower(last, position) then
    redis.call('XADD', stream, '*',
      'topic', ARGV[at + 2], 'key', key, 'position', position, 'body', ARGV[at + 3])
    redis.call('HSET', young, key, position)
    added = added + 1
  end
end
if redis.call('HLEN', young) > tonumber(ARGV[1]) then redis.call('RENAME', young, old) end
return added
