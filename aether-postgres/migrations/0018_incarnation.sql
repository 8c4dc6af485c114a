-- Which life of the log this is. A crash and a promotion empty an unlogged table, and a standby cannot read it: its one
-- row lives as long as nothing that was committed can have been lost. It counts only for the server start and the
-- file it was written for, so that a copy of the database is another log.
CREATE UNLOGGED TABLE aether_incarnation (
    only_row BOOLEAN     PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    id       UUID        NOT NULL,
    started  TIMESTAMPTZ NOT NULL,
    file     TEXT        NOT NULL
);

-- Replicas read it here.
ALTER TABLE aether_beacon ADD COLUMN incarnation UUID;

-- The id of a stream's last event, for those who decided on a state to compare. It counts only for the version that it
-- belongs to: a release that does not know it raises the version alone.
ALTER TABLE aether_streams
    ADD COLUMN last_event_id UUID,
    ADD COLUMN last_event_of INTEGER;

-- The id of the last event in a snapshot; NULL where it is not known.
ALTER TABLE snapshots ADD COLUMN last_event_id UUID;

-- Made anew with parameters and results at the end, which the calls of older releases do without.
DROP FUNCTION aether_append;
DROP FUNCTION aether_append_one;
DROP FUNCTION aether_append_locking;

-- How far the heads of before have got theirs, in order of id; no row: all have.
CREATE TABLE aether_heads_without_id (
    only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    after    UUID
);
INSERT INTO aether_heads_without_id (after) SELECT NULL WHERE EXISTS (SELECT FROM aether_streams);
