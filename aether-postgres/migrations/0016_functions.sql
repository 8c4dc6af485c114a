-- Which release has written each function and view, so that an older program that starts later does not put
-- its own back. The texts are those in functions/.
CREATE TABLE aether_functions (
    name    TEXT      PRIMARY KEY COLLATE "C",
    release INTEGER[] NOT NULL,
    digest  BIGINT    NOT NULL
);
