-- Puts a rebuild in the place of the board, or removes it.
--
-- KEYS[1…3]  ranking, members and state of the rebuild
-- KEYS[4…6]  ranking, members and state of the board
-- ARGV       the id of the rebuild, "switch" or "abandon", and up to which sequence the rebuild has everything
--
-- Returns { "ok" }, or without having changed anything { "wrongtype", key, expected }, { "superseded" },
-- { "seasons", of the board, of the rebuild }, { "behind", the board's last sequence }.

local kinds = { 'zset', 'hash', 'hash' }
for i, key in ipairs(KEYS) do
  local expected = kinds[(i - 1) % 3 + 1]
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= expected then return { 'wrongtype', key, expected } end
end
local new = redis.call('HMGET', KEYS[3], 'season', 'since', 'last', 'id')
if new[4] ~= ARGV[1] then return { 'superseded' } end
if ARGV[2] == 'abandon' then
  for i = 1, 3 do redis.call('UNLINK', KEYS[i]) end
  return { 'ok' }
end
local old = redis.call('HMGET', KEYS[6], 'season', 'last')
local season, rebuilt = old[1] or '1', new[1] or '1'
if season ~= rebuilt then return { 'seasons', season, rebuilt } end
if old[2] and lower(ARGV[3], old[2]) then return { 'behind', old[2] } end

for i = 1, 2 do
  redis.call('UNLINK', KEYS[i + 3])
  if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('RENAME', KEYS[i], KEYS[i + 3]) end
end
redis.call('HSET', KEYS[6], 'season', season, 'since', new[2] or '0', 'last', new[3] or '0')
redis.call('UNLINK', KEYS[3])
return { 'ok' }
