-- Which event ids the log has, for imports: they bring ids from elsewhere, and each is stored once. Only an import
-- fills the table, up to a position; appends pay nothing for it.

CREATE TABLE aether_event_ids (
    event_id       UUID   PRIMARY KEY,
    event_sequence BIGINT NOT NULL
);

-- The ids of all events at or below known_to are in the table. Locked by the import that stores a chunk.
CREATE TABLE aether_event_ids_known (
    one      BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
    known_to BIGINT  NOT NULL
);

INSERT INTO aether_event_ids_known (known_to) VALUES (0);
