SELECT aggregate_ids, aggregate_types, versions, event_counts, positions, fingerprint
FROM aether_void_command($1, $2)
