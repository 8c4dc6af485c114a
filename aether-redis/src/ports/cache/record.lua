-- What is cached of an entity, and what guards it.
--
-- Tokens and versions are 8 bytes, times are unix milliseconds in 8 bytes, all big-endian; 0 stands for none.
--
-- The seal of an entity: "AS\2" seal era floor until
--   seal   what versioned entries are marked with; an entry with another mark is not there
--   era    what entries of no version are marked with, and leases: it changes with every invalidation
--   floor  the newest version that was invalidated: entries below it are not there
--   until  when puts below the floor are not refused any more
-- An entry: "AC\2" mark era lease lead floor until frame
--   era    the one in which the lease was taken
--   lead   until when somebody leads
--   floor, until  as in the seal, for this entry alone; only puts look at them
--   frame  what frame.rs writes, with the version in bytes 4 to 11; nothing where nothing is kept

local NONE = string.rep('\0', 8)

local read_time
local function now()
  if not read_time then
    local time = redis.call('TIME')
    read_time = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return read_time
end

local function number(bytes)
  return (struct.unpack('>I8', bytes))
end

local function millis(span)
  return struct.pack('>I8', span)
end

-- Versions are larger than what a Lua number holds.
local function lower(a, b)
  local a_high, a_low = struct.unpack('>I4I4', a)
  local b_high, b_low = struct.unpack('>I4I4', b)
  return a_high < b_high or (a_high == b_high and a_low < b_low)
end

-- The first bytes under a key. What is of another type goes.
local function head(key, length)
  local bytes = redis.pcall('GETRANGE', key, 0, length - 1)
  if type(bytes) == 'string' then return bytes end
  if bytes.err:sub(1, 9) ~= 'WRONGTYPE' then error(bytes.err) end
  redis.call('DEL', key)
  return ''
end

local function lengthen(key, span)
  redis.call('PEXPIRE', key, string.format('%.0f', span), 'GT')
end

-- The seal under a key; a fresh one where there is none.
local function seal_of(key, fresh)
  local bytes = head(key, 36)
  if #bytes ~= 35 or bytes:sub(1, 3) ~= 'AS\2' then
    return { seal = fresh, era = fresh, floor = NONE, till = 0, fresh = true }
  end
  return {
    seal = bytes:sub(4, 11),
    era = bytes:sub(12, 19),
    floor = bytes:sub(20, 27),
    till = number(bytes:sub(28, 35)),
  }
end

local function bytes_of_seal(seal)
  return 'AS\2' .. seal.seal .. seal.era .. seal.floor .. millis(seal.till)
end

-- Keeps a seal for a time at least.
local function keep_seal(key, seal, span)
  if seal.fresh then
    redis.call('SET', key, bytes_of_seal(seal), 'PX', string.format('%.0f', span))
  else
    if seal.changed then redis.call('SET', key, bytes_of_seal(seal), 'KEEPTTL') end
    lengthen(key, span)
  end
end

-- The entry under a key, without what is after the version.
local function entry_of(key)
  local bytes = head(key, 62)
  if #bytes < 51 or bytes:sub(1, 3) ~= 'AC\2' then
    local none = { mark = NONE, era = NONE, lease = NONE, lead = 0, floor = NONE, till = 0 }
    none.version, none.fresh = NONE, true
    return none
  end
  return {
    mark = bytes:sub(4, 11),
    era = bytes:sub(12, 19),
    lease = bytes:sub(20, 27),
    lead = number(bytes:sub(28, 35)),
    floor = bytes:sub(36, 43),
    till = number(bytes:sub(44, 51)),
    version = #bytes == 62 and bytes:sub(55, 62) or NONE,
  }
end

local function guard(entry)
  local lead, till = millis(entry.lead), millis(entry.till)
  return 'AC\2' .. entry.mark .. entry.era .. entry.lease .. lead .. entry.floor .. till
end

-- Keeps an entry for a time at least, as it is but for what guards it.
local function keep_guard(key, entry, span)
  if entry.fresh then
    redis.call('SET', key, guard(entry), 'PX', string.format('%.0f', span))
  else
    redis.call('SETRANGE', key, 0, guard(entry))
    lengthen(key, span)
  end
end

-- Lets somebody else load an entry that is there.
local function end_lead(key, entry)
  entry.lead = 0
  redis.call('SETRANGE', key, 0, guard(entry))
end

-- Whether an entry is there for readers.
local function stands(entry, seal)
  if entry.version == NONE then return entry.mark == seal.era end
  return entry.mark == seal.seal and not lower(entry.version, seal.floor)
end

-- Whether puts of a version are refused.
local function refuses(place, version)
  return lower(version, place.floor) and place.till > now()
end
