-- Forgets an entry, or all entries of an entity, ends the leases, and tells those who keep copies.
--
-- KEYS     the entry, or the seal of the entity
-- ARGV     "entry" or "entity", a token for a new seal, the version or "" for all, for how many milliseconds it
--          is remembered, the channel and the message for those who keep copies

local key, fresh, version, span = KEYS[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local function remember(place)
  if span == 0 then return end
  if lower(place.floor, version) or place.till <= now() then place.floor = version end
  place.till = now() + span
end

if ARGV[1] == 'entity' then
  local seal = seal_of(key, fresh)
  if version == '' then
    seal.seal = fresh
  else
    local floor = seal.floor
    remember(seal)
    -- what is below the version is gone, remembered or not; and does not come back if the floor is lower now
    if lower(seal.floor, version) then seal.floor = version end
    if lower(seal.floor, floor) then seal.seal = fresh end
  end
  seal.era, seal.changed = fresh, true
  -- without a seal there is nothing to forget, at most something to remember
  if not seal.fresh or (version ~= '' and span > 0) then keep_seal(key, seal, span) end
else
  local entry = entry_of(key)
  entry.lease, entry.lead = NONE, 0
  if version == '' or lower(entry.version, version) then entry.mark = NONE end
  if version ~= '' then remember(entry) end
  if entry.mark == NONE then
    -- all that is left to keep is what is remembered
    redis.call('DEL', key)
    entry.fresh = true
    span = entry.till ~= 0 and entry.till - now() or 0
  end
  if not entry.fresh or span > 0 then keep_guard(key, entry, span) end
end
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 'ok'
