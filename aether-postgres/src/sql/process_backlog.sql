SELECT (SELECT count(*) FROM aether_outbox WHERE manager = $1),
       (SELECT count(*) FROM aether_timers WHERE manager = $1 AND due_at <= $2),
       (SELECT count(*) FROM aether_outbox WHERE manager = $1 AND state = 'failed')
       + (SELECT count(*) FROM aether_timers WHERE manager = $1 AND state = 'failed')
