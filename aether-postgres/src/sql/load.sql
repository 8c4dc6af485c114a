SELECT request, head_type, head, event_sequence, event_id, event_type, aggregate_version, payload,
       metadata, "timestamp", created_at, schema_version
FROM aether_load($1, $2, $3, $4, $5)
