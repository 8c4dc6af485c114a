SELECT event_id, aggregate_version, event_sequence FROM aether_resolve($1, $2, $3)
ORDER BY aggregate_version
