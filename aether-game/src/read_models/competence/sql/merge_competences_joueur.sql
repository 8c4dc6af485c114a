MERGE INTO competences_joueur AS t
USING changes(
    competence_joueur_id uuid, joueur_id uuid, competence_id uuid, niveau_competence int, experience_competence int,
    modificateurs_actifs jsonb, apprise_a timestamptz, dernier_usage timestamptz, cooldown_restant_secondes int,
    cooldown_fin_a timestamptz, cooldown_releve_a timestamptz, posee boolean, position_barre int, positions_quittees jsonb,
    last_event_sequence bigint) AS d
ON t.competence_joueur_id = d.competence_joueur_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    niveau_competence = coalesce(d.niveau_competence, t.niveau_competence),
    experience_competence = coalesce(d.experience_competence, t.experience_competence),
    modificateurs_actifs = coalesce(d.modificateurs_actifs, t.modificateurs_actifs),
    dernier_usage = coalesce(d.dernier_usage, t.dernier_usage),
    cooldown_restant_secondes = coalesce(d.cooldown_restant_secondes, t.cooldown_restant_secondes),
    cooldown_fin_a = coalesce(d.cooldown_fin_a, t.cooldown_fin_a),
    cooldown_releve_a = coalesce(d.cooldown_releve_a, t.cooldown_releve_a),
    position_barre = CASE
        WHEN d.posee THEN d.position_barre
        WHEN d.positions_quittees @> to_jsonb(t.position_barre) THEN NULL
        ELSE t.position_barre
    END,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    competence_joueur_id, joueur_id, competence_id, niveau_competence, experience_competence, modificateurs_actifs, apprise_a,
    dernier_usage, cooldown_restant_secondes, cooldown_fin_a, cooldown_releve_a, position_barre, last_event_sequence)
VALUES (
    d.competence_joueur_id, d.joueur_id, d.competence_id, d.niveau_competence, d.experience_competence, d.modificateurs_actifs,
    d.apprise_a, d.dernier_usage, coalesce(d.cooldown_restant_secondes, 0), d.cooldown_fin_a, d.cooldown_releve_a,
    d.position_barre, d.last_event_sequence)
