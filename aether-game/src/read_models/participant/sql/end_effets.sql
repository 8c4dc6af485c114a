DELETE FROM effets_statut AS t
USING changes(combat_id uuid, last_event_sequence bigint) AS d
WHERE t.combat_id = d.combat_id AND t.last_event_sequence < d.last_event_sequence
