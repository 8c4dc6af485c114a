SELECT aggregate_ids, aggregate_types, versions, event_counts, positions, fingerprint
FROM aether_commands WHERE command_id = $1 AND (NOT voided OR fingerprint <> $2)
