INSERT INTO historique_niveau (
    historique_id, joueur_id, niveau_atteint, experience_total, atteint_a, event_sequence)
SELECT d.historique_id, d.joueur_id, d.niveau_atteint, d.experience_total, d.atteint_a, d.event_sequence
FROM changes(
    historique_id uuid, joueur_id uuid, niveau_atteint int, experience_total bigint, atteint_a timestamptz,
    event_sequence bigint) AS d
ON CONFLICT (historique_id) DO NOTHING
