MERGE INTO quetes_joueur AS t
USING changes(
    quete_joueur_id uuid, joueur_id uuid, quete_id uuid, tentative int, acceptee_a timestamptz, expire_a timestamptz, etat text,
    progres_objectifs jsonb, pourcentage_completion int, suivie boolean, completee_a timestamptz, recompense_due boolean,
    terminee boolean, disponible_a timestamptz, last_event_sequence bigint) AS d
ON t.quete_joueur_id = d.quete_joueur_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    etat = coalesce(d.etat, t.etat),
    progres_objectifs =
        CASE WHEN d.tentative IS NULL THEN t.progres_objectifs || d.progres_objectifs ELSE d.progres_objectifs END,
    pourcentage_completion = coalesce(d.pourcentage_completion, t.pourcentage_completion),
    suivie = coalesce(d.suivie, t.suivie),
    acceptee_a = coalesce(d.acceptee_a, t.acceptee_a),
    completee_a = CASE WHEN d.tentative IS NULL THEN coalesce(d.completee_a, t.completee_a) ELSE d.completee_a END,
    expire_a = CASE WHEN d.tentative IS NULL THEN t.expire_a ELSE d.expire_a END,
    tentative = coalesce(d.tentative, t.tentative),
    recompense_due = coalesce(d.recompense_due, t.recompense_due),
    deja_terminee = t.deja_terminee OR d.terminee,
    disponible_a = CASE WHEN d.terminee THEN d.disponible_a ELSE t.disponible_a END,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    quete_joueur_id, joueur_id, quete_id, etat, progres_objectifs, pourcentage_completion, suivie, acceptee_a, completee_a,
    expire_a, tentative, recompense_due, deja_terminee, disponible_a, last_event_sequence)
VALUES (
    d.quete_joueur_id, d.joueur_id, d.quete_id, d.etat, d.progres_objectifs, d.pourcentage_completion, d.suivie, d.acceptee_a,
    d.completee_a, d.expire_a, d.tentative, d.recompense_due, d.terminee, d.disponible_a, d.last_event_sequence)
