-- Takes the right to fill an entry, and perhaps the lead among those who want to.
--
-- KEYS     the entry, the seal of its entity
-- ARGV     a new token, another one for a new seal, for how many milliseconds the lease is kept at least,
--          for how many milliseconds a lead is wanted (0 for not at all)
--
-- Returns { token, 1 if the asker leads or else 0, the entry or nil, the seal }.

local seal, entry = seal_of(KEYS[2], ARGV[2]), entry_of(KEYS[1])
if entry.era ~= seal.era or entry.lease == NONE then
  entry.era, entry.lease, entry.lead = seal.era, ARGV[1], 0
end
local leads = ARGV[4] ~= '0' and entry.lead <= now()
if leads then entry.lead = now() + tonumber(ARGV[4]) end

keep_guard(KEYS[1], entry, tonumber(ARGV[3]))
keep_seal(KEYS[2], seal, tonumber(ARGV[3]))
local found = stands(entry, seal) and redis.call('GET', KEYS[1])
return { entry.lease, leads and 1 or 0, found, bytes_of_seal(seal) }
