UPDATE instances_combat AS i SET
    etat = coalesce(d.etat, i.etat),
    tour_actuel = coalesce(d.tour_actuel, i.tour_actuel),
    -- a combat that ended has no active participant and no next timeout
    participant_actif_id = CASE WHEN d.heure_fin IS NULL
        THEN coalesce(d.participant_actif_id, i.participant_actif_id) END,
    prochain_timeout = CASE WHEN d.heure_fin IS NULL
        THEN coalesce(d.prochain_timeout, i.prochain_timeout) END,
    heure_fin = coalesce(d.heure_fin, i.heure_fin),
    recompenses = coalesce(d.recompenses::jsonb, i.recompenses),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::uuid[], $5::timestamptz[], $6::timestamptz[],
            $7::text[], $8::bigint[])
     AS d(combat_id, etat, tour_actuel, participant_actif_id, prochain_timeout, heure_fin,
          recompenses, last_event_sequence)
WHERE i.combat_id = d.combat_id AND i.last_event_sequence < d.last_event_sequence
