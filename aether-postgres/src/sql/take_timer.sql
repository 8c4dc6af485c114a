DELETE FROM aether_timers
WHERE manager = $1 AND process_id = $2 AND name = $3 AND timer_id = $4
