MERGE INTO participants_combat AS t
USING changes(
    participant_id uuid, combat_id uuid, entite_id uuid, type_entite text, nom text, niveau int, initiative int, position int,
    etat text, hp_actuel int, hp_max int, mp_actuel int, mp_max int, stamina_actuel int, stamina_max int, stats_combat jsonb,
    resistances jsonb, effets_actifs jsonb, objets jsonb, restants jsonb, competences jsonb, recharges jsonb,
    peut_agir boolean, last_event_sequence bigint, camp text) AS d
ON t.participant_id = d.participant_id
-- a participant belongs to one combat: one that another combat has used already stays there
WHEN MATCHED AND t.combat_id = d.combat_id AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    position = coalesce(d.position, t.position),
    etat = coalesce(d.etat, t.etat),
    hp_actuel = coalesce(d.hp_actuel, t.hp_actuel),
    mp_actuel = coalesce(d.mp_actuel, t.mp_actuel),
    stamina_actuel = coalesce(d.stamina_actuel, t.stamina_actuel),
    effets_actifs = coalesce(d.effets_actifs, t.effets_actifs),
    equipement = CASE WHEN d.restants IS NULL THEN t.equipement
        ELSE jsonb_set(t.equipement, '{restants}', d.restants) END,
    competences_disponibles = CASE WHEN d.recharges IS NULL THEN t.competences_disponibles
        ELSE jsonb_set(t.competences_disponibles, '{recharges}', d.recharges) END,
    peut_agir = coalesce(d.peut_agir, t.peut_agir),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    participant_id, combat_id, entite_id, type_entite, nom, niveau, initiative, position, etat, hp_actuel, hp_max, mp_actuel,
    mp_max, stamina_actuel, stamina_max, stats_combat, resistances, effets_actifs, equipement, competences_disponibles,
    peut_agir, last_event_sequence, camp)
VALUES (
    d.participant_id, d.combat_id, d.entite_id, d.type_entite, d.nom, d.niveau, d.initiative, d.position, d.etat, d.hp_actuel,
    d.hp_max, d.mp_actuel, d.mp_max, d.stamina_actuel, d.stamina_max, d.stats_combat, d.resistances, d.effets_actifs,
    jsonb_build_object('objets', d.objets, 'restants', d.restants),
    jsonb_build_object('competences', d.competences, 'recharges', d.recharges), d.peut_agir, d.last_event_sequence, d.camp)
