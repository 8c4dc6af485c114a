#!lua
-- Takes the right to fill an entry, and perhaps the lead among those who want to.
--
-- KEYS[1]  what is cached about an entity: a hash. Per entry it has the fields
--            e:{entry}  the entry
--            v:{entry}  its version, decimal
--            l:{entry}  the lease: "token lead-until", the latter in unix milliseconds, 0 for nobody
--            t:{entry}  the newest invalidation of a known version: "version until"; t: for all entries
-- ARGV     entry, a new token, for how many milliseconds the key is kept at least,
--          for how many milliseconds a lead is wanted (0 for not at all), the most fields it may have
--
-- Returns { token, 1 if the asker leads or else 0, the entry or nil }.

local key, entry = KEYS[1], ARGV[1]
local kind = redis.call('TYPE', key).ok
if kind ~= 'none' and kind ~= 'hash' then redis.call('DEL', key) end
if redis.call('HLEN', key) >= tonumber(ARGV[5]) then redis.call('DEL', key) end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lease = redis.call('HGET', key, 'l:' .. entry) or ''
local token, lead = lease:match('^(%d+) (%d+)$')
if not token then token, lead = ARGV[2], '0' end
local leads = ARGV[4] ~= '0' and tonumber(lead) <= now
if leads then lead = string.format('%.0f', now + tonumber(ARGV[4])) end
redis.call('HSET', key, 'l:' .. entry, token .. ' ' .. lead)
if redis.call('PTTL', key) < tonumber(ARGV[3]) then redis.call('PEXPIRE', key, ARGV[3]) end
return { token, leads and 1 or 0, redis.call('HGET', key, 'e:' .. entry) }
