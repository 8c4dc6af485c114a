-- A participant id belongs to one combat: one that another combat has used already stays there.
INSERT INTO participants_combat (
    participant_id, combat_id, entite_id, type_entite, nom, niveau, initiative, position, etat,
    hp_actuel, hp_max, mp_actuel, mp_max, stamina_actuel, stamina_max, stats_combat, resistances,
    effets_actifs, equipement, competences_disponibles, peut_agir, last_event_sequence, camp)
SELECT d.participant_id, d.combat_id, d.entite_id, d.type_entite, d.nom, d.niveau, d.initiative,
       d.position, d.etat, d.hp_actuel, d.hp_max, d.mp_actuel, d.mp_max, d.stamina_actuel,
       d.stamina_max, d.stats_combat::jsonb, d.resistances::jsonb, d.effets_actifs::jsonb,
       d.equipement::jsonb, d.competences_disponibles::jsonb, d.peut_agir, d.last_event_sequence,
       d.camp
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::int[],
            $8::int[], $9::text[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[],
            $15::int[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
            $21::boolean[], $22::bigint[], $23::text[])
     AS d(participant_id, combat_id, entite_id, type_entite, nom, niveau, initiative, position, etat,
          hp_actuel, hp_max, mp_actuel, mp_max, stamina_actuel, stamina_max, stats_combat,
          resistances, effets_actifs, equipement, competences_disponibles, peut_agir,
          last_event_sequence, camp)
ON CONFLICT (participant_id) DO NOTHING
