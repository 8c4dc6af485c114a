SELECT to_jsonb(j) - 'updated_at'
FROM joueurs AS j
WHERE j.joueur_id = ANY($1)
