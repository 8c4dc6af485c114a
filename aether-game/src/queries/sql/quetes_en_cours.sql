SELECT jsonb_build_object('quete', to_jsonb(q) - 'updated_at', 'progres', to_jsonb(p) - 'updated_at')
FROM quetes_joueur AS p
JOIN quetes AS q ON q.quete_id = p.quete_id
WHERE p.joueur_id = $1 AND p.etat = 'EN_COURS' AND (p.acceptee_a, p.quete_id) < ($2, $3)
ORDER BY p.acceptee_a DESC, p.quete_id DESC
LIMIT $4
