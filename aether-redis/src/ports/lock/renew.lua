#!lua flags=allow-oom
-- Lets the lease of a lock begin anew if it is the owner's.
--
-- KEYS[1]  the lock
-- ARGV     the owner, the lease in milliseconds
--
-- Returns 1; 0 if the lock is free, somebody else's, or something else.

local owner = redis.pcall('GET', KEYS[1])
if type(owner) == 'table' and owner.err:sub(1, 9) ~= 'WRONGTYPE' then return owner end
if owner ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
