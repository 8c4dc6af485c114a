SELECT request, event_sequence, event_id, event_type, aggregate_version, payload, metadata, "timestamp",
       created_at, schema_version
FROM aether_month_events($1, $2, $3, $4, $5, $6)
