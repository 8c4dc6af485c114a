(
    SELECT 'command', command_id, process_id, NULL, command, metadata, tries, failures, error
    FROM aether_outbox WHERE manager = $1 AND state = 'failed' ORDER BY number LIMIT 1000
)
UNION ALL
(
    SELECT 'timer', timer_id, process_id, name, NULL, metadata, tries, failures, error
    FROM aether_timers WHERE manager = $1 AND state = 'failed' ORDER BY due_at LIMIT 1000
)
LIMIT 1000
