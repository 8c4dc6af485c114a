SELECT aggregate_ids, aggregate_types, versions, event_counts, positions
FROM aether_commands WHERE command_id = $1 AND NOT voided
