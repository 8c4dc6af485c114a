-- Ends the lead of the one that holds the lease, so that somebody else may load.
--
-- KEYS     the entry
-- ARGV     the lease's token

local entry = entry_of(KEYS[1])
if entry.lease == ARGV[1] then end_lead(KEYS[1], entry) end
return 'ok'
