-- Which roles aether_grant() has given rights to: later migrations give them those on new tables.
CREATE TABLE aether_grants (
    role   NAME    PRIMARY KEY,
    writes BOOLEAN NOT NULL
);
