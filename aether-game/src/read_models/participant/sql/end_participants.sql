-- A combat that ended: nobody acts, no effect is left.
UPDATE participants_combat AS t SET
    effets_actifs = '[]',
    peut_agir = false,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
FROM changes(combat_id uuid, last_event_sequence bigint) AS d
WHERE t.combat_id = d.combat_id AND t.last_event_sequence < d.last_event_sequence
