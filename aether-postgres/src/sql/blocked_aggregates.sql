SELECT DISTINCT aggregate_id
FROM aether_dead_letters
WHERE projection = $1 AND NOT rebuild AND state <> 'skipped' AND slice BETWEEN $2 AND $3
