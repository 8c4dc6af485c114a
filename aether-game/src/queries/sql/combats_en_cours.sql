SELECT jsonb_build_object(
    'combat_id', c.combat_id, 'type_combat', c.type_combat, 'zone_id', c.zone_id, 'zone_nom', c.zone_nom,
    'tour_actuel', c.tour_actuel, 'heure_debut', c.heure_debut)
FROM instances_combat AS c
WHERE c.zone_id = $1 AND c.etat = 'EN_COURS' AND (c.heure_debut, c.combat_id) > ($2, $3)
ORDER BY c.heure_debut, c.combat_id
LIMIT $4
