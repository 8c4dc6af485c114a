#!lua
-- Begins a rebuild: removes what an earlier one has left behind.
--
-- KEYS  ranking, members and state of the rebuild
--
-- Returns its id, higher than those before as far as the clock is.

for _, key in ipairs(KEYS) do redis.call('UNLINK', key) end
local time = redis.call('TIME')
local id = string.format('%d%06d', time[1], time[2])
redis.call('HSET', KEYS[3], 'id', id)
return id
