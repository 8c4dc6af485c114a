-- What projections fill, so that one of another name never starts into tables that are full; and what they were called.

ALTER TABLE aether_projections
    -- by the names that the projection uses; empty: none, or registered by an older release
    ADD COLUMN tables TEXT[] NOT NULL DEFAULT '{}';

CREATE TABLE aether_projection_names (
    old     TEXT        PRIMARY KEY COLLATE "C",
    now     TEXT        NOT NULL COLLATE "C",
    changed TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
