#!lua
-- Takes a lock that is free, or the owner's already, and draws a fencing token.
--
-- KEYS[1]  the lock: a string, the owner
-- KEYS[2]  the last token that was given out: a string, microseconds
-- ARGV     the owner, the lease and the lifetime of KEYS[2] in milliseconds
--
-- Returns { "taken", token }, { "held" }, or { "wrongtype", key } and has changed nothing.

local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'table' then return value end
  if value.err:sub(1, 9) == 'WRONGTYPE' then return nil, { 'wrongtype', key } end
  return nil, value
end

local owner, wrong = get(KEYS[1])
if wrong then return wrong end
local last, wrong = get(KEYS[2])
if wrong then return wrong end
if owner and owner ~= ARGV[1] then return { 'held' } end

-- Higher than the last one, and than all that were given out before Redis lost its data. Microseconds have 16
-- digits: a Lua number holds them exactly.
local time = redis.call('TIME')
local token = math.max(time[1] * 1000000 + time[2], (tonumber(last or 0) or 0) + 1)
token = string.format('%.0f', token)
redis.call('SET', KEYS[2], token, 'PX', ARGV[3])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { 'taken', token }
