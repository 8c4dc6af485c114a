-- Keeps an entry, unless something newer is or was there.
--
-- KEYS     the entry, the seal of its entity
-- ARGV     the lease's token or "", a token for a new seal, the version, for how many milliseconds it is kept,
--          the frame or "" to remove what is there, the channel and the message for those who keep copies, or
--          "" and ""
--
-- Returns "kept" or "outdated".

local token, version, frame = ARGV[1], ARGV[3], ARGV[5]
local seal, entry = seal_of(KEYS[2], ARGV[2]), entry_of(KEYS[1])
-- the lease went with an invalidation, or with everything
if token ~= '' and (entry.era ~= seal.era or entry.lease ~= token) then return 'outdated' end

if version ~= NONE then
  local older = stands(entry, seal) and lower(version, entry.version)
  if older or refuses(entry, version) or refuses(seal, version) then
    if token ~= '' and entry.lead ~= 0 then end_lead(KEYS[1], entry) end
    return 'outdated'
  end
  if lower(version, seal.floor) then
    -- versions start again: what was below the floor must not come back with it
    seal.seal, seal.floor, seal.changed = ARGV[2], NONE, true
  end
end

if token ~= '' then entry.lead = 0 end
entry.mark = NONE
if frame ~= '' then entry.mark = version == NONE and seal.era or seal.seal end
local life = tonumber(ARGV[4])
if entry.till ~= 0 then life = math.max(life, entry.till - now()) end
redis.call('SET', KEYS[1], guard(entry) .. frame, 'PX', string.format('%.0f', life))
keep_seal(KEYS[2], seal, life)
if ARGV[6] ~= '' then redis.call('PUBLISH', ARGV[6], ARGV[7]) end
return 'kept'
