INSERT INTO historique_combat (
    historique_id, combat_id, numero_tour, type_evenement, acteur_id, details, severite, timestamp,
    event_sequence)
SELECT d.historique_id, d.combat_id, d.numero_tour, d.type_evenement, d.acteur_id, d.details::jsonb,
       d.severite, d.timestamp, d.event_sequence
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::text[], $7::text[],
            $8::timestamptz[], $9::bigint[])
     AS d(historique_id, combat_id, numero_tour, type_evenement, acteur_id, details, severite,
          timestamp, event_sequence)
ON CONFLICT (historique_id) DO NOTHING
