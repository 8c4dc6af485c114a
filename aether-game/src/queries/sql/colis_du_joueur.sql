SELECT to_jsonb(c) - 'updated_at'
FROM colis_economie AS c
WHERE c.joueur_id = $1 AND c.event_sequence > $2
ORDER BY c.event_sequence
LIMIT $3
