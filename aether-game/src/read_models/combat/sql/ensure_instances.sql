-- Combats as they start, for participants to refer to. The projection of combats takes them over.
INSERT INTO instances_combat (
    combat_id, etat, type_combat, zone_id, zone_nom, tour_actuel, ordre_tour, heure_debut, duree_tour_ms,
    conditions_victoire, recompenses, last_event_sequence)
SELECT
    d.combat_id, d.etat, d.type_combat, d.zone_id, d.zone_nom, d.tour_actuel, d.ordre_tour, d.heure_debut, d.duree_tour_ms,
    d.conditions_victoire, d.recompenses, d.last_event_sequence
FROM changes(
    combat_id uuid, etat text, type_combat text, zone_id uuid, zone_nom text, tour_actuel int, ordre_tour jsonb,
    heure_debut timestamptz, duree_tour_ms int, conditions_victoire jsonb, recompenses jsonb,
    last_event_sequence bigint) AS d
ON CONFLICT (combat_id) DO NOTHING
