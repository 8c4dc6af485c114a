UPDATE participants_combat AS p SET
    hp_actuel = coalesce(d.hp_actuel, p.hp_actuel),
    mp_actuel = coalesce(d.mp_actuel, p.mp_actuel),
    stamina_actuel = coalesce(d.stamina_actuel, p.stamina_actuel),
    position = coalesce(d.position, p.position),
    etat = coalesce(d.etat, p.etat),
    effets_actifs = coalesce(d.effets_actifs::jsonb, p.effets_actifs),
    equipement = CASE WHEN d.restants IS NULL THEN p.equipement
        ELSE jsonb_set(p.equipement, '{restants}', d.restants::jsonb) END,
    competences_disponibles = CASE WHEN d.recharges IS NULL THEN p.competences_disponibles
        ELSE jsonb_set(p.competences_disponibles, '{recharges}', d.recharges::jsonb) END,
    peut_agir = coalesce(d.peut_agir, p.peut_agir),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::boolean[], $12::bigint[])
     AS d(participant_id, combat_id, hp_actuel, mp_actuel, stamina_actuel, position, etat,
          effets_actifs, restants, recharges, peut_agir, last_event_sequence)
WHERE p.participant_id = d.participant_id AND p.combat_id = d.combat_id
  AND p.last_event_sequence < d.last_event_sequence
