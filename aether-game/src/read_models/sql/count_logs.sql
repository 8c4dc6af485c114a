SELECT ids.combat_id,
       (SELECT count(*) FROM historique_combat AS h WHERE h.combat_id = ids.combat_id),
       (SELECT count(*) FROM actions_combat AS a WHERE a.combat_id = ids.combat_id)
FROM unnest($1::uuid[]) AS ids(combat_id)
