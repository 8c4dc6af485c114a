SELECT to_jsonb(i) - 'updated_at'
FROM instances_combat AS i
WHERE i.zone_id = $1 AND i.etat = 'EN_COURS' AND (i.heure_debut, i.combat_id) > ($2, $3)
ORDER BY i.heure_debut, i.combat_id
LIMIT $4
