#!lua flags=allow-oom
-- A consumer still works on these messages: nobody shall take them over. Or it gives them back: anybody may.
--
-- KEYS[1]  the stream
-- ARGV     group, consumer, "hold" or "release", ids
--
-- Returns how many are its own.

local stream, group, consumer = KEYS[1], ARGV[1], ARGV[2]
local held = 0
for i = 4, #ARGV do
  local id = ARGV[i]
  if redis.call('XPENDING', stream, group, id, id, 1, consumer)[1] then
    if ARGV[3] == 'hold' then
      redis.call('XCLAIM', stream, group, consumer, 0, id, 'JUSTID')
    else
      redis.call('XCLAIM', stream, group, consumer, 0, id, 'IDLE', 86400000, 'JUSTID')
    end
    held = held + 1
  end
end
return held
