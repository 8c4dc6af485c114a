SELECT id, document::text FROM {table} WHERE id = ANY ($1)
