INSERT INTO effets_statut AS e (
    effet_id, participant_id, combat_id, type_effet, source_type, source_id, puissance,
    duree_tours_restants, stacks, modificateurs, est_debuff, peut_etre_dissipe, applique_a,
    event_sequence, last_event_sequence)
SELECT d.effet_id, d.participant_id, d.combat_id, d.type_effet, d.source_type, d.source_id,
       d.puissance, d.duree_tours_restants, d.stacks, d.modificateurs::jsonb, d.est_debuff,
       d.peut_etre_dissipe, d.applique_a, d.event_sequence, d.last_event_sequence
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int[],
            $8::int[], $9::int[], $10::text[], $11::boolean[], $12::boolean[], $13::timestamptz[],
            $14::bigint[], $15::bigint[])
     AS d(effet_id, participant_id, combat_id, type_effet, source_type, source_id, puissance,
          duree_tours_restants, stacks, modificateurs, est_debuff, peut_etre_dissipe, applique_a,
          event_sequence, last_event_sequence)
ON CONFLICT (effet_id) DO UPDATE SET
    source_type = excluded.source_type,
    source_id = excluded.source_id,
    puissance = excluded.puissance,
    duree_tours_restants = excluded.duree_tours_restants,
    stacks = excluded.stacks,
    modificateurs = excluded.modificateurs,
    applique_a = excluded.applique_a,
    event_sequence = excluded.event_sequence,
    last_event_sequence = excluded.last_event_sequence,
    updated_at = now()
WHERE e.last_event_sequence < excluded.last_event_sequence
