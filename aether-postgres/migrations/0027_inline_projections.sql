-- Inline projections that have seen every event they listen to, and may run: from then on each append shows them its own.
CREATE TABLE aether_inline_projections (
    projection TEXT        PRIMARY KEY COLLATE "C",
    since      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
