SELECT to_jsonb(c) - 'updated_at'
FROM cotes_arene AS c
WHERE (c.cote, c.joueur_id) < ($1, $2)
ORDER BY c.cote DESC, c.joueur_id DESC
LIMIT $3
