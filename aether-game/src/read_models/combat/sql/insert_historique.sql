INSERT INTO historique_combat (
    historique_id, combat_id, numero_tour, type_evenement, acteur_id, details, severite, timestamp, event_sequence)
SELECT
    d.historique_id, d.combat_id, d.numero_tour, d.type_evenement, d.acteur_id, d.details, d.severite, d.timestamp,
    d.event_sequence
FROM changes(
    historique_id uuid, combat_id uuid, numero_tour int, type_evenement text, acteur_id uuid, details jsonb, severite text,
    timestamp timestamptz, event_sequence bigint) AS d
ON CONFLICT (historique_id) DO NOTHING
