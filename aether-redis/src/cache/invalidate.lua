#!lua flags=allow-oom
-- Forgets entries of an entity, ends their leases, and tells those who keep copies. A Redis that has no
-- memory left must still be able to forget.
--
-- KEYS[1]  what is cached about an entity: see lease.lua
-- ARGV     entry or "" for all, version (decimal) or "" for all, for how many milliseconds the version is
--          remembered, the channel and the message for those who keep copies

local key, entry, version = KEYS[1], ARGV[1], ARGV[2]
local kind = redis.call('TYPE', key).ok
if kind ~= 'none' and kind ~= 'hash' then redis.call('DEL', key) end

local function lower(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local function forget(name)
  redis.call('HDEL', key, 'l:' .. name)
  local stored = version ~= '' and redis.call('HGET', key, 'v:' .. name)
  if not stored or lower(stored, version) then
    redis.call('HDEL', key, 'e:' .. name, 'v:' .. name)
  end
end

if entry ~= '' then
  forget(entry)
else
  -- as many fields as put.lua and lease.lua allow
  for _, field in ipairs(redis.call('HKEYS', key)) do
    local part = field:sub(1, 2)
    if part == 'l:' or part == 'v:' then forget(field:sub(3)) end
  end
end

if version ~= '' and ARGV[3] ~= '0' then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local newest, till = (redis.call('HGET', key, 't:' .. entry) or ''):match('^(%d+) (%d+)$')
  if not newest or tonumber(till) <= now or lower(newest, version) then newest = version end
  till = string.format('%.0f', now + tonumber(ARGV[3]))
  redis.call('HSET', key, 't:' .. entry, newest .. ' ' .. till)
  if redis.call('PTTL', key) < tonumber(ARGV[3]) then redis.call('PEXPIRE', key, ARGV[3]) end
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 'ok'
