-- A combat that ended: nobody acts, no effect is left.
UPDATE participants_combat AS p SET
    effets_actifs = '[]',
    peut_agir = false,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
FROM unnest($1::uuid[], $2::bigint[]) AS d(combat_id, last_event_sequence)
WHERE p.combat_id = d.combat_id AND p.last_event_sequence < d.last_event_sequence
