SELECT to_jsonb(c) - 'updated_at'
FROM cotes_arene AS c
WHERE c.dernier_combat_id = ANY ($1)
