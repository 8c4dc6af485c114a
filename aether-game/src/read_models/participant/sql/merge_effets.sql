MERGE INTO effets_statut AS t
USING (
    SELECT d.*
    FROM changes(
        effet_id uuid, participant_id uuid, combat_id uuid, type_effet text, source_type text, source_id uuid, puissance int,
        duree_tours_restants int, stacks int, modificateurs jsonb, est_debuff boolean, peut_etre_dissipe boolean,
        applique_a timestamptz, event_sequence bigint, fini boolean, last_event_sequence bigint) AS d
    LEFT JOIN participants_combat AS p ON p.participant_id = d.participant_id
    WHERE p.participant_id IS NULL
        OR p.combat_id = d.combat_id AND p.last_event_sequence < d.last_event_sequence
) AS d
ON t.effet_id = d.effet_id
WHEN MATCHED AND d.fini THEN DELETE
WHEN MATCHED THEN UPDATE SET
    source_type = coalesce(d.source_type, t.source_type),
    source_id = coalesce(d.source_id, t.source_id),
    puissance = coalesce(d.puissance, t.puissance),
    duree_tours_restants = coalesce(d.duree_tours_restants, t.duree_tours_restants),
    stacks = coalesce(d.stacks, t.stacks),
    modificateurs = coalesce(d.modificateurs, t.modificateurs),
    applique_a = coalesce(d.applique_a, t.applique_a),
    event_sequence = coalesce(d.event_sequence, t.event_sequence),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
-- but for one that came and went in this batch; a change of one that is not there has no event_sequence, and fails
WHEN NOT MATCHED AND (NOT d.fini OR d.event_sequence IS NULL) THEN INSERT (
    effet_id, participant_id, combat_id, type_effet, source_type, source_id, puissance, duree_tours_restants, stacks,
    modificateurs, est_debuff, peut_etre_dissipe, applique_a, event_sequence, last_event_sequence)
VALUES (
    d.effet_id, d.participant_id, d.combat_id, d.type_effet, d.source_type, d.source_id, d.puissance, d.duree_tours_restants,
    d.stacks, d.modificateurs, d.est_debuff, d.peut_etre_dissipe, d.applique_a, d.event_sequence, d.last_event_sequence)
