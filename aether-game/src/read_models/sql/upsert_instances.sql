INSERT INTO instances_combat AS i (
    combat_id, etat, type_combat, zone_id, zone_nom, tour_actuel, ordre_tour, participant_actif_id,
    heure_debut, heure_fin, duree_tour_ms, prochain_timeout, conditions_victoire, recompenses,
    last_event_sequence)
SELECT d.combat_id, d.etat, d.type_combat, d.zone_id, d.zone_nom, d.tour_actuel, d.ordre_tour::jsonb,
       d.participant_actif_id, d.heure_debut, d.heure_fin, d.duree_tour_ms, d.prochain_timeout,
       d.conditions_victoire::jsonb, d.recompenses::jsonb, d.last_event_sequence
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::int[], $7::text[],
            $8::uuid[], $9::timestamptz[], $10::timestamptz[], $11::int[], $12::timestamptz[],
            $13::text[], $14::text[], $15::bigint[])
     AS d(combat_id, etat, type_combat, zone_id, zone_nom, tour_actuel, ordre_tour,
          participant_actif_id, heure_debut, heure_fin, duree_tour_ms, prochain_timeout,
          conditions_victoire, recompenses, last_event_sequence)
ON CONFLICT (combat_id) DO UPDATE SET
    etat = excluded.etat,
    type_combat = excluded.type_combat,
    zone_id = excluded.zone_id,
    zone_nom = excluded.zone_nom,
    tour_actuel = excluded.tour_actuel,
    ordre_tour = excluded.ordre_tour,
    participant_actif_id = excluded.participant_actif_id,
    heure_debut = excluded.heure_debut,
    heure_fin = excluded.heure_fin,
    duree_tour_ms = excluded.duree_tour_ms,
    prochain_timeout = excluded.prochain_timeout,
    conditions_victoire = excluded.conditions_victoire,
    recompenses = excluded.recompenses,
    last_event_sequence = excluded.last_event_sequence,
    updated_at = now()
WHERE i.last_event_sequence < excluded.last_event_sequence
