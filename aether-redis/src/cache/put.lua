#!lua
-- Keeps an entry, unless something newer is or was there.
--
-- KEYS[1]  what is cached about an entity: see lease.lua
-- ARGV     entry, the lease's token or "", the version (decimal, 0 if not known), for how many milliseconds
--          the key is kept at least, the most fields it may have, the entry's bytes or "" to remove it,
--          the channel and the message for those who keep copies, or "" and ""
--
-- Returns "kept" or "outdated".

local key, entry, token, version = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local kind = redis.call('TYPE', key).ok
if kind ~= 'none' and kind ~= 'hash' then redis.call('DEL', key) end

-- Versions have up to 20 digits: more than a Lua number holds.
local function lower(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local found = redis.call('HMGET', key, 'l:' .. entry, 'v:' .. entry, 't:' .. entry, 't:')
if token ~= '' then
  -- the lease went with an invalidation, or with everything
  if (found[1] or ''):match('^(%d+) ') ~= token then return 'outdated' end
  redis.call('HSET', key, 'l:' .. entry, token .. ' 0')
end

if version ~= '0' then
  if found[2] and lower(version, found[2]) then return 'outdated' end
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  for i = 3, 4 do
    local newest, till = (found[i] or ''):match('^(%d+) (%d+)$')
    if newest and tonumber(till) > now and lower(version, newest) then return 'outdated' end
  end
end

if ARGV[6] == '' then
  redis.call('HDEL', key, 'e:' .. entry, 'v:' .. entry)
else
  if redis.call('HLEN', key) >= tonumber(ARGV[5]) then
    redis.call('DEL', key)
    if found[3] then redis.call('HSET', key, 't:' .. entry, found[3]) end
    if found[4] then redis.call('HSET', key, 't:', found[4]) end
  end
  redis.call('HSET', key, 'e:' .. entry, ARGV[6], 'v:' .. entry, version)
  if redis.call('PTTL', key) < tonumber(ARGV[4]) then redis.call('PEXPIRE', key, ARGV[4]) end
end
if ARGV[7] ~= '' then redis.call('PUBLISH', ARGV[7], ARGV[8]) end
return 'kept'
