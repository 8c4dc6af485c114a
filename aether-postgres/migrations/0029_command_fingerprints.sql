-- A hash of what was asked for under the id; NULL where the caller gave none, or an older release has stored it.
ALTER TABLE aether_commands ADD COLUMN fingerprint UUID;
-- Made anew with a parameter at the end, which the calls of older releases do without.
DROP FUNCTION IF EXISTS aether_void_command;
