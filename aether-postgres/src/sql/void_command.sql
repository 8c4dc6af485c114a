SELECT aggregate_ids, aggregate_types, versions, event_counts, positions FROM aether_void_command($1)
