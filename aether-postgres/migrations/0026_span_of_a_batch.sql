-- Made anew with parameters at the end, which the calls of older releases do without.
DROP FUNCTION IF EXISTS aether_append;
