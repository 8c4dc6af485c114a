-- One that was heard of in the future has a clock that was set back since, or died with a primary whose clock was
-- ahead. If it runs after all it is fenced off.
SELECT projection, schema_name, tables, alive_until > clock_timestamp() AND updated_at <= clock_timestamp()
FROM aether_rebuilds
WHERE projection = ANY ($1) OR tables && $2 OR schema_name IN (
    SELECT schema_name FROM aether_rebuilds WHERE projection = ANY ($1))
ORDER BY projection
FOR UPDATE
