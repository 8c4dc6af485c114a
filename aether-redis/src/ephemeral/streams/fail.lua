#!lua flags=allow-oom
-- A consumer has failed at a message: it may try again, or the message is buried.
--
-- KEYS[1]  the stream
-- KEYS[2]  the dead letter stream of the group
-- ARGV     group, consumer, id, error, most deliveries of one message, length of the dead letter stream
--
-- Returns { what, deliveries }: "again" (one more delivery was counted), "buried", or "gone": somebody else has
-- it now, or it is acknowledged.

local stream, dead = KEYS[1], KEYS[2]
local group, consumer, id = ARGV[1], ARGV[2], ARGV[3]

local pending = redis.call('XPENDING', stream, group, id, id, 1, consumer)[1]
if not pending then return { 'gone', 0 } end
local deliveries = pending[4]
if deliveries < tonumber(ARGV[5]) then
  -- counts, and starts the time anew
  redis.call('XCLAIM', stream, group, consumer, 0, id)
  return { 'again', deliveries + 1 }
end
local entry = redis.call('XRANGE', stream, id, id)[1]
if entry then
  redis.call('XADD', dead, 'MAXLEN', '~', ARGV[6], '*', 'entry', id, 'deliveries', deliveries,
    'error', ARGV[4], unpack(entry[2]))
end
redis.call('XACK', stream, group, id)
return { 'buried', deliveries }
