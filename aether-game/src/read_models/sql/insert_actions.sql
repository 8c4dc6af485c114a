INSERT INTO actions_combat (
    action_id, combat_id, numero_tour, participant_id, type_action, competence_id, item_id, cibles,
    donnees_action, resultat, effets_appliques, temps_execution_ms, timestamp, event_sequence)
SELECT d.action_id, d.combat_id, d.numero_tour, d.participant_id, d.type_action, d.competence_id,
       d.item_id, d.cibles::jsonb, d.donnees_action::jsonb, d.resultat, d.effets_appliques::jsonb,
       d.temps_execution_ms, d.timestamp, d.event_sequence
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::int[], $13::timestamptz[],
            $14::bigint[])
     AS d(action_id, combat_id, numero_tour, participant_id, type_action, competence_id, item_id,
          cibles, donnees_action, resultat, effets_appliques, temps_execution_ms, timestamp,
          event_sequence)
ON CONFLICT (action_id) DO NOTHING
