INSERT INTO aether_projections AS p (projection, shards, event_types, aggregate_types, tables)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (projection) DO UPDATE
SET event_types = EXCLUDED.event_types, aggregate_types = EXCLUDED.aggregate_types, tables = EXCLUDED.tables
RETURNING shards
