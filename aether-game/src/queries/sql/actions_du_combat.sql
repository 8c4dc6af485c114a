SELECT jsonb_build_object(
    'action_id', a.action_id, 'numero_tour', a.numero_tour, 'participant_id', a.participant_id,
    'type_action', a.type_action, 'competence_id', a.competence_id, 'item_id', a.item_id, 'cibles', a.cibles,
    'resultat', a.resultat, 'timestamp', a.timestamp, 'event_sequence', a.event_sequence)
FROM actions_combat AS a
WHERE a.combat_id = $1 AND a.event_sequence < $2
ORDER BY a.event_sequence DESC
LIMIT $3
