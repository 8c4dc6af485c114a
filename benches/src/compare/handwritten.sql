-- What a good engineer makes for events, without a library.
CREATE TABLE handwritten_events (
    position       BIGINT       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id       UUID         NOT NULL,
    event_type     VARCHAR(100) NOT NULL,
    aggregate_id   UUID         NOT NULL,
    aggregate_type VARCHAR(50)  NOT NULL,
    version        INTEGER      NOT NULL,
    payload        JSONB        NOT NULL,
    metadata       JSONB        NOT NULL,
    timestamp      TIMESTAMPTZ  NOT NULL,
    created_at     TIMESTAMPTZ  NOT NULL DEFAULT clock_timestamp(),
    schema_version SMALLINT     NOT NULL DEFAULT 1,
    UNIQUE (aggregate_id, version)
);

-- For the reads that the store's own indexes serve.
CREATE INDEX ON handwritten_events (event_type, position);
CREATE INDEX ON handwritten_events USING brin (timestamp);
CREATE INDEX ON handwritten_events ((metadata->>'correlationId'))
    WHERE (metadata->>'correlationId') IS NOT NULL;
