SELECT event_id, aggregate_version, event_sequence FROM aether_resolve_within($1, $2, $3, $4, $5)
ORDER BY aggregate_version
