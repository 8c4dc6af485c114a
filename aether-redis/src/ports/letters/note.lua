#!lua flags=allow-oom
-- Notes something of a projection, or that it is over: also where no memory is left, since a projection has to be
-- paused, and its read model filled anew, just then.
--
-- KEYS[1]  what is known of the projection: a hash
-- ARGV     the field, "set", "new" (unless it is there) or "remove", the value

if ARGV[2] == 'remove' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
if ARGV[2] == 'new' then return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3]) end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
