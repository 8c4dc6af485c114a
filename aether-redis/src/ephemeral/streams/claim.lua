#!lua flags=allow-oom
-- Takes over deliveries that nobody has finished, and buries those that were delivered too often.
--
-- KEYS[1]  the stream
-- KEYS[2]  the dead letter stream of the group
-- ARGV     group, consumer, idle for at least (milliseconds), how many at most, most deliveries of one message,
--          length of the dead letter stream, cursor, ids that the consumer has in hand
--
-- Returns { next cursor, { { id, deliveries, { field, value, … } }, … }, how many were buried }.

local stream, dead = KEYS[1], KEYS[2]
local group, consumer, most = ARGV[1], ARGV[2], tonumber(ARGV[5])

-- it may have been held up until it looks silent itself; but here it is
for i = 8, #ARGV do
  if redis.call('XPENDING', stream, group, ARGV[i], ARGV[i], 1, consumer)[1] then
    redis.call('XCLAIM', stream, group, consumer, 0, ARGV[i], 'JUSTID')
  end
end
local reply = redis.call('XAUTOCLAIM', stream, group, consumer, ARGV[3], ARGV[7], 'COUNT', ARGV[4])
local claimed, buried = {}, 0
for _, entry in ipairs(reply[2]) do
  local id, fields = entry[1], entry[2]
  local deliveries = redis.call('XPENDING', stream, group, id, id, 1)[1][4]
  if deliveries > most then
    redis.call('XADD', dead, 'MAXLEN', '~', ARGV[6], '*', 'entry', id, 'deliveries', deliveries - 1,
      'error', 'its consumers did not finish it', unpack(fields))
    redis.call('XACK', stream, group, id)
    buried = buried + 1
  else
    claimed[#claimed + 1] = { id, deliveries, fields }
  end
end
return { reply[1], claimed, buried }
