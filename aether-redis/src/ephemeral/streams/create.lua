#!lua flags=allow-oom
-- Makes a group of consumers, and the stream if need be, unless the group is there.
--
-- KEYS[1]  the stream
-- ARGV     group, where it begins: "0", "$" (with what comes from now on), or after an id that the stream had
--
-- Returns the newest id the stream has had. One that never had the id of ARGV[2] was emptied, and its clock set
-- back: all of it is new.

local stream, group, start = KEYS[1], ARGV[1], ARGV[2]

local function lower(a, b)
  local a_millis, a_number = a:match('^(%d+)-(%d+)$')
  local b_millis, b_number = b:match('^(%d+)-(%d+)$')
  if a_millis ~= b_millis then return tonumber(a_millis) < tonumber(b_millis) end
  return tonumber(a_number) < tonumber(b_number)
end

local newest = '0-0'
if redis.call('EXISTS', stream) == 1 then
  local fields = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #fields, 2 do
    if fields[i] == 'last-generated-id' then newest = fields[i + 1] end
  end
end
if start ~= '0' and start ~= '$' and lower(newest, start) then start = '0' end
local made = redis.pcall('XGROUP', 'CREATE', stream, group, start, 'MKSTREAM')
if made.err and made.err:sub(1, 9) ~= 'BUSYGROUP' then return made end
return newest
