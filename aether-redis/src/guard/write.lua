#!lua
-- Applies steps to the keys of one entity, each only if the sequence stored beside the entity is lower.
--
-- KEYS[1]   the guard: a hash with the fields "sequence", "expires", and one per key of the entity
-- KEYS[2…]  the keys the steps write to
-- ARGV      the steps, one after another:
--             sequence, mode (create | update | put), expires at (unix seconds, 0 for never),
--             number of operations, then per operation:
--               name, index into KEYS, "own" or "shared", number of arguments, arguments
--
-- Returns { "ok", applied, stale, missing }, or { "wrongtype", key, expected } and has changed nothing.

local guard = KEYS[1]
local kinds = {
  hset = 'hash', hdel = 'hash', sadd = 'set', srem = 'set', zadd = 'zset', zrem = 'zset', lpush = 'list',
  set = 'string',
}

-- Sequences have up to 19 digits: more than a Lua number holds.
local function lower(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

-- Read the steps, and look at every key before the first write: a script is not rolled back.
local steps, checked = {}, { [guard] = 'hash' }
local at = 1
while at <= #ARGV do
  local step = { sequence = ARGV[at], mode = ARGV[at + 1], expires = ARGV[at + 2], ops = {} }
  local count = tonumber(ARGV[at + 3])
  at = at + 4
  for _ = 1, count do
    local op = {
      name = ARGV[at], key = KEYS[tonumber(ARGV[at + 1])], own = ARGV[at + 2] == 'own',
      first = at + 4, last = at + 3 + tonumber(ARGV[at + 3]),
    }
    if kinds[op.name] then checked[op.key] = kinds[op.name] end
    step.ops[#step.ops + 1] = op
    at = op.last + 1
  end
  steps[#steps + 1] = step
end
for key, expected in pairs(checked) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', key, expected } end
end

local stored, expires, members = nil, '0', {}
local fields = redis.call('HGETALL', guard)
for i = 1, #fields, 2 do
  if fields[i] == 'sequence' then stored = fields[i + 1]
  elseif fields[i] == 'expires' then expires = fields[i + 1]
  else members[fields[i]] = true end
end

local applied, stale, missing = 0, 0, 0
local touched, shared, until_then = {}, {}, expires

local function forget(key)
  redis.call('DEL', key)
  redis.call('HDEL', guard, key)
  members[key], touched[key] = nil, nil
end

local function run(op)
  if op.name == 'del' then return forget(op.key) end
  if op.name == 'delunder' then -- every key of the entity that starts with the argument
    local start, gone = ARGV[op.first], {}
    for _, keys in ipairs({ members, touched }) do
      for key in pairs(keys) do
        if key:sub(1, #start) == start then gone[key] = true end
      end
    end
    for key in pairs(gone) do forget(key) end
    return
  end
  if op.name == 'lpush' then -- the first argument says how many are kept
    redis.call('LPUSH', op.key, unpack(ARGV, op.first + 1, op.last))
    redis.call('LTRIM', op.key, 0, tonumber(ARGV[op.first]) - 1)
  else
    redis.call(op.name, op.key, unpack(ARGV, op.first, op.last))
  end
  if op.own then touched[op.key] = true else shared[op.key] = true end
end

for _, step in ipairs(steps) do
  if stored and not lower(stored, step.sequence) then
    stale = stale + 1
  elseif not stored and step.mode == 'update' then
    missing = missing + 1
  else
    if step.mode == 'create' then
      for key in pairs(members) do redis.call('DEL', key) end
      for _, op in ipairs(step.ops) do
        if op.own then redis.call('DEL', op.key) end
      end
      redis.call('DEL', guard)
      members, touched = {}, {}
    end
    for _, op in ipairs(step.ops) do run(op) end
    stored, until_then = step.sequence, step.expires
    applied = applied + 1
  end
end
if applied == 0 then return { 'ok', applied, stale, missing } end

local entry = { 'sequence', stored, 'expires', until_then }
for key in pairs(touched) do
  members[key] = true
  entry[#entry + 1] = key
  entry[#entry + 1] = '1'
end
redis.call('HSET', guard, unpack(entry))
-- A set that ran empty and was filled again has lost its expiry: what was touched is always renewed.
local renew = touched
if until_then ~= expires then renew = members end
if until_then ~= '0' then
  for key in pairs(renew) do redis.call('EXPIREAT', key, until_then) end
  redis.call('EXPIREAT', guard, until_then)
  for key in pairs(shared) do
    if redis.call('TTL', key) == -1 then redis.call('EXPIREAT', key, until_then)
    else redis.call('EXPIREAT', key, until_then, 'GT') end
  end
else
  for key in pairs(renew) do redis.call('PERSIST', key) end
  redis.call('PERSIST', guard)
  for key in pairs(shared) do redis.call('PERSIST', key) end
end
return { 'ok', applied, stale, missing }
