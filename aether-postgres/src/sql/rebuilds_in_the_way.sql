SELECT projection, schema_name, tables, alive_until > clock_timestamp()
FROM aether_rebuilds
WHERE projection = ANY ($1) OR tables && $2 OR schema_name IN (
    SELECT schema_name FROM aether_rebuilds WHERE projection = ANY ($1))
ORDER BY projection
FOR UPDATE
