SELECT to_jsonb(t) - 'updated_at'
FROM cotes_arene AS t
WHERE t.joueur_id = ANY ($1)
