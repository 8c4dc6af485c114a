WITH au_repos AS (
    SELECT c.competence_joueur_id
    FROM competences_joueur AS c
    WHERE c.cooldown_restant_secondes > 0 AND c.cooldown_releve_a < $1
    ORDER BY c.cooldown_releve_a
    LIMIT $2
    FOR UPDATE SKIP LOCKED)
UPDATE competences_joueur AS c SET
    cooldown_restant_secondes = greatest(0, ceil(extract(epoch FROM c.cooldown_fin_a - $1)))::int,
    cooldown_releve_a = $1,
    updated_at = now()
FROM au_repos
WHERE c.competence_joueur_id = au_repos.competence_joueur_id
