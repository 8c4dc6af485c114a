UPDATE aether_timers
SET tries = tries + 1, failures = failures + $7, error = $6, retry_at = $5,
    state = CASE WHEN $8 THEN 'failed' ELSE state END
WHERE manager = $1 AND timer_id = $2 AND process_id = $3 AND tries = $4
