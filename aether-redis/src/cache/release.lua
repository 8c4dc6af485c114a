#!lua flags=allow-oom
-- Ends the lead of whoever holds the lease, so that somebody else may load.
--
-- KEYS[1]  what is cached about an entity: see lease.lua
-- ARGV     entry, token

if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return 'ok' end
local lease = redis.call('HGET', KEYS[1], 'l:' .. ARGV[1]) or ''
if lease:match('^(%d+) ') == ARGV[2] then
  redis.call('HSET', KEYS[1], 'l:' .. ARGV[1], ARGV[2] .. ' 0')
end
return 'ok'
