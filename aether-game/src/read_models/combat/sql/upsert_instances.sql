-- MERGE fails where another transaction inserts the same combat, and the projection of participants may. This waits.
INSERT INTO instances_combat AS t (
    combat_id, etat, type_combat, zone_id, zone_nom, tour_actuel, ordre_tour, participant_actif_id, heure_debut, heure_fin,
    duree_tour_ms, prochain_timeout, conditions_victoire, recompenses, last_event_sequence)
SELECT
    d.combat_id,
    coalesce(d.etat, a.etat),
    coalesce(d.type_combat, a.type_combat),
    coalesce(d.zone_id, a.zone_id),
    coalesce(d.zone_nom, a.zone_nom),
    coalesce(d.tour_actuel, a.tour_actuel),
    coalesce(d.ordre_tour, a.ordre_tour),
    d.participant_actif_id,
    coalesce(d.heure_debut, a.heure_debut),
    d.heure_fin,
    coalesce(d.duree_tour_ms, a.duree_tour_ms),
    d.prochain_timeout,
    coalesce(d.conditions_victoire, a.conditions_victoire),
    coalesce(d.recompenses, a.recompenses),
    d.last_event_sequence
FROM changes(
    combat_id uuid, etat text, type_combat text, zone_id uuid, zone_nom text, tour_actuel int, ordre_tour jsonb,
    participant_actif_id uuid, heure_debut timestamptz, heure_fin timestamptz, duree_tour_ms int,
    prochain_timeout timestamptz, conditions_victoire jsonb, recompenses jsonb, last_event_sequence bigint) AS d
LEFT JOIN instances_combat AS a ON a.combat_id = d.combat_id
ORDER BY d.combat_id
ON CONFLICT (combat_id) DO UPDATE SET
    etat = excluded.etat,
    tour_actuel = excluded.tour_actuel,
    participant_actif_id = excluded.participant_actif_id,
    heure_fin = excluded.heure_fin,
    prochain_timeout = excluded.prochain_timeout,
    recompenses = excluded.recompenses,
    last_event_sequence = excluded.last_event_sequence,
    updated_at = now()
WHERE t.last_event_sequence < excluded.last_event_sequence
