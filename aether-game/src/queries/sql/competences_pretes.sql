SELECT jsonb_build_object('competence', to_jsonb(c) - 'updated_at', 'apprise', to_jsonb(a) - 'updated_at')
FROM competences_joueur AS a
JOIN competences AS c ON c.competence_id = a.competence_id
WHERE a.joueur_id = $1 AND a.competence_id > $3
      AND c.type_competence <> 'PASSIVE' AND (a.cooldown_fin_a IS NULL OR a.cooldown_fin_a <= $2)
ORDER BY a.competence_id
LIMIT $4
