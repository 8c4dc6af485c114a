SELECT to_jsonb(e) - 'updated_at'
FROM effets_statut AS e
WHERE e.combat_id = $1
ORDER BY e.participant_id, e.event_sequence
