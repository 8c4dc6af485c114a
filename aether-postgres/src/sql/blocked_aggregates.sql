SELECT DISTINCT aggregate_id
FROM aether_dead_letters
WHERE projection = $1 AND rebuild = $2 AND state <> 'skipped' AND slice BETWEEN $3 AND $4
