-- Changes a dead letter, if it still is what it was when it was looked at. Returns 1, or 0.
--
-- KEYS[1]  the letters of the projection: a hash by position
-- ARGV     the position, the letter as it was found, the letter as it is to be

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
