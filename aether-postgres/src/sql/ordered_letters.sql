SELECT position, event_id, event_type, aggregate_id, aggregate_type, aggregate_version, state, error,
       attempts, parked_at
FROM (
    SELECT DISTINCT ON (aggregate_id) *
    FROM aether_dead_letters
    WHERE projection = $1 AND NOT rebuild AND state <> 'skipped' AND slice BETWEEN $2 AND $3
    ORDER BY aggregate_id, position
) AS heads
WHERE state <> 'failed'
ORDER BY position
