SELECT jsonb_build_object(
    'joueur_id', j.joueur_id, 'pseudo', j.pseudo, 'classe', j.classe, 'niveau', j.niveau, 'experience', j.experience)
FROM joueurs AS j
WHERE (j.niveau, j.experience, j.joueur_id) < ($1, $2, $3)
ORDER BY j.niveau DESC, j.experience DESC, j.joueur_id DESC
LIMIT $4
