-- What is kept of a member beside its place in the ranking, as one line of a hash:
--
--   since ':' base ':' named ':' increments ':' name
--
-- The score is `base` (empty: none), in which every change up to the sequence `since` is contained, plus the
-- increments after it ("1007+16,1010-8", in order of sequence). The name is as of the sequence `named`.
-- Read by every script of this folder.

local MAX = 9007199254740991 -- 2^53 - 1

-- Sequences have up to 20 digits: more than a Lua number holds.
local function lower(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local function text(number)
  return string.format('%.0f', number + 0)
end

local function beyond(number)
  return number > MAX or number < -MAX
end

-- nil if the line is none of ours.
local function read(line)
  if not line then return { since = '0', named = '0', name = '', increments = {} } end
  local since, base, named, increments, name = line:match('^(%d+):(%-?%d*):(%d+):([^:]*):(.*)$')
  if not since then return nil end
  local record = { since = since, base = tonumber(base), named = named, name = name, increments = {} }
  local list = record.increments
  for written, sequence, points in increments:gmatch('((%d+)([+-]%d+))') do
    list[#list + 1] = { sequence = sequence, points = tonumber(points), written = written }
  end
  return record
end

local function line(record)
  local increments = {}
  for i, it in ipairs(record.increments) do increments[i] = it.written end
  local base = record.base and text(record.base) or ''
  local list = table.concat(increments, ',')
  return table.concat({ record.since, base, record.named, list, record.name }, ':')
end

-- nil if the member is not ranked. The second result is true if the score was ever beyond what is exact.
local function score(record)
  local sum = record.base
  for _, it in ipairs(record.increments) do
    sum = (sum or 0) + it.points
    if beyond(sum) then return nil, true end
  end
  return sum, false
end

-- The member of the sorted set.
local function entry(id, record, ties)
  local named = id .. ':' .. record.name
  if ties ~= 'earlier' then return named end
  -- ZREVRANGE has the higher one first: nines' complement puts the lower sequence there
  local last = record.increments[#record.increments]
  local reached = last and last.sequence or record.since
  local padded = string.rep('0', 20 - #reached) .. reached
  local tag = padded:gsub('%d', function(digit) return 9 - digit end)
  return tag .. ':' .. named
end
