SELECT process_id, state, ended_at IS NOT NULL
FROM aether_processes
WHERE manager = $1 AND process_id = ANY ($2)
ORDER BY process_id
FOR UPDATE
