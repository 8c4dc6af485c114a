SELECT to_jsonb(n)
FROM historique_niveau AS n
WHERE n.joueur_id = $1 AND n.event_sequence < $2
ORDER BY n.event_sequence DESC
LIMIT $3
