SELECT to_jsonb(t) - 'updated_at'
FROM combats_cotes AS t
WHERE t.combat_id = ANY ($1)
