INSERT INTO actions_combat (
    action_id, combat_id, numero_tour, participant_id, type_action, competence_id, item_id, cibles, donnees_action, resultat,
    effets_appliques, temps_execution_ms, timestamp, event_sequence)
SELECT
    d.action_id, d.combat_id, d.numero_tour, d.participant_id, d.type_action, d.competence_id, d.item_id, d.cibles,
    d.donnees_action, d.resultat, d.effets_appliques, d.temps_execution_ms, d.timestamp, d.event_sequence
FROM changes(
    action_id uuid, combat_id uuid, numero_tour int, participant_id uuid, type_action text, competence_id uuid, item_id uuid,
    cibles jsonb, donnees_action jsonb, resultat text, effets_appliques jsonb, temps_execution_ms int, timestamp timestamptz,
    event_sequence bigint) AS d
ON CONFLICT (action_id) DO NOTHING
