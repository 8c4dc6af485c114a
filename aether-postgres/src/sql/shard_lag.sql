SELECT l.holder, l.lag_events, l.lag_seconds
FROM aether_horizon() AS h, aether_shard_lag($1, $2, $3, $4, h.last, $5, $6) AS l
