#!lua flags=allow-oom
-- Removes consumers that have nothing to do and have not been heard of.
--
-- KEYS[1]  the stream
-- ARGV     group, silent for at least (milliseconds), name (empty for any)
--
-- Returns how many went. Nothing that is pending is ever lost: a consumer that has some stays.

local stream, group = KEYS[1], ARGV[1]
local gone = 0
for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local consumer = {}
  for i = 1, #reply, 2 do consumer[reply[i]] = reply[i + 1] end
  local meant = ARGV[3] == '' or ARGV[3] == consumer['name']
  if meant and consumer['pending'] == 0 and consumer['idle'] >= tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer['name'])
    gone = gone + 1
  end
end
return gone
