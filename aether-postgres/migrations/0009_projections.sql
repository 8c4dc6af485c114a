-- Projections: who runs them, how far they are, and the events they could not handle.

CREATE TABLE aether_projections (
    projection      TEXT PRIMARY KEY COLLATE "C",
    shards          INTEGER NOT NULL DEFAULT 1,
    paused          BOOLEAN NOT NULL DEFAULT FALSE,
    event_types     TEXT[] NOT NULL DEFAULT '{}',
    aggregate_types TEXT[] NOT NULL DEFAULT '{}',
    registered_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
-- aether_checkpoints gets: shard INTEGER NOT NULL DEFAULT 0 (primary key becomes (projection, shard)), failure TEXT
ALTER TABLE aether_checkpoints
    ADD COLUMN shard INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN failure TEXT,
    DROP CONSTRAINT aether_checkpoints_pkey,
    ADD PRIMARY KEY (projection, shard);
CREATE TABLE aether_dead_letters (
    projection     TEXT NOT NULL COLLATE "C",
    rebuild        BOOLEAN NOT NULL DEFAULT FALSE,  -- belongs to a rebuild that has not been swapped in yet
    position       BIGINT NOT NULL,
    event_id       UUID NOT NULL,
    event_type     TEXT NOT NULL,
    aggregate_id   UUID NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_version INTEGER NOT NULL,
    slice          INTEGER NOT NULL,
    state          TEXT NOT NULL,   -- 'failed', 'waiting' (behind a failed one), 'retry', 'skip' (ordered by an operator), 'skipped'
    error          TEXT,
    attempts       INTEGER NOT NULL DEFAULT 0,
    parked_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, rebuild, position)
);
CREATE SEQUENCE aether_epochs;
CREATE TABLE aether_nodes (
    node     UUID PRIMARY KEY, name TEXT NOT NULL, wants TEXT[] NOT NULL, seen_at TIMESTAMPTZ NOT NULL, expires_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE aether_leases (
    lease TEXT PRIMARY KEY COLLATE "C", node UUID, epoch BIGINT NOT NULL, acquired_at TIMESTAMPTZ NOT NULL, expires_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE aether_jobs (
    job TEXT PRIMARY KEY COLLATE "C", started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, outcome TEXT, error TEXT, runs BIGINT NOT NULL DEFAULT 0, failures BIGINT NOT NULL DEFAULT 0
);
