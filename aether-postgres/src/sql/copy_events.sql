COPY evenements (event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
                 payload, metadata, timestamp, schema_version, slice)
FROM STDIN (FORMAT binary)
