SELECT jsonb_build_object('instance', to_jsonb(i) - 'updated_at', 'participant', to_jsonb(p) - 'updated_at')
FROM instances_combat AS i
JOIN participants_combat AS p ON p.participant_id = i.participant_actif_id AND p.combat_id = i.combat_id
WHERE i.combat_id = $1 AND i.etat = 'EN_COURS'
