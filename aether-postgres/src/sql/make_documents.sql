CREATE TABLE IF NOT EXISTS {table} (
    id       UUID   PRIMARY KEY,
    document JSONB  NOT NULL,
    position BIGINT NOT NULL -- of the last event that was folded into it
)
