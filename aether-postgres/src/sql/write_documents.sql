WITH gone AS (DELETE FROM {table} WHERE id = ANY ($4))
INSERT INTO {table} (id, document, position)
SELECT u.id, u.document, u.position
FROM unnest($1::uuid[], $2::jsonb[], $3::bigint[]) AS u(id, document, position)
ON CONFLICT (id) DO UPDATE SET document = excluded.document, position = excluded.position
