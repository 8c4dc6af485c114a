SELECT position, event_id, event_type, aggregate_id, aggregate_type, aggregate_version, state, error,
       attempts, parked_at
FROM aether_dead_letters
WHERE projection = $1 AND NOT rebuild AND ($2::uuid IS NULL OR aggregate_id = $2)
ORDER BY position
