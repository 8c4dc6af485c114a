WITH siennes AS MATERIALIZED (
    SELECT p.quete_id, p.deja_terminee,
           p.etat <> 'EN_COURS' AND NOT p.recompense_due AND (NOT p.deja_terminee OR coalesce(p.disponible_a <= $2, FALSE)) AS libre
    FROM quetes_joueur AS p
    WHERE p.joueur_id = $1)
SELECT to_jsonb(q) - 'updated_at'
FROM quetes AS q
WHERE (q.niveau_requis, q.quete_id) > ($3, $4)
      AND q.niveau_requis <= coalesce((SELECT j.niveau FROM joueurs AS j WHERE j.joueur_id = $1), 1)
      AND NOT EXISTS (SELECT FROM siennes AS s WHERE s.quete_id = q.quete_id AND NOT s.libre)
      AND NOT EXISTS (
          SELECT FROM jsonb_array_elements_text(q.pre_requis -> 'quetes') AS avant(quete_id)
          WHERE NOT EXISTS (SELECT FROM siennes AS s WHERE s.quete_id = avant.quete_id::uuid AND s.deja_terminee))
ORDER BY q.niveau_requis, q.quete_id
LIMIT $5
