MERGE INTO joueurs AS t
USING changes(
    joueur_id uuid, username text, pseudo text, classe text, niveau int, experience bigint,
    experience_prochain_niveau bigint, stats_base jsonb, stats_equipement jsonb, stats_totales jsonb, "or" int,
    statistiques_jeu jsonb, derniere_connexion timestamptz, cree_a timestamptz, points_competence int,
    ordres_ouverts int, combat_change boolean, combat_id uuid, last_event_sequence bigint) AS d
ON t.joueur_id = d.joueur_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    username = coalesce(d.username, t.username),
    pseudo = coalesce(d.pseudo, t.pseudo),
    classe = coalesce(d.classe, t.classe),
    niveau = coalesce(d.niveau, t.niveau),
    experience = coalesce(d.experience, t.experience),
    experience_prochain_niveau =
        CASE WHEN d.niveau IS NULL THEN t.experience_prochain_niveau ELSE d.experience_prochain_niveau END,
    stats_base = coalesce(d.stats_base, t.stats_base),
    stats_equipement = coalesce(d.stats_equipement, t.stats_equipement),
    stats_totales = coalesce(d.stats_totales, t.stats_totales),
    "or" = coalesce(d."or", t."or"),
    statistiques_jeu = t.statistiques_jeu || d.statistiques_jeu,
    derniere_connexion = coalesce(d.derniere_connexion, t.derniere_connexion),
    points_competence = coalesce(d.points_competence, t.points_competence),
    ordres_ouverts = coalesce(d.ordres_ouverts, t.ordres_ouverts),
    combat_id = CASE WHEN d.combat_change THEN d.combat_id ELSE t.combat_id END,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    joueur_id, username, pseudo, classe, niveau, experience, experience_prochain_niveau, stats_base, stats_equipement,
    stats_totales, "or", statistiques_jeu, derniere_connexion, cree_a, points_competence, ordres_ouverts, combat_id,
    last_event_sequence)
VALUES (
    d.joueur_id, d.username, d.pseudo, d.classe, d.niveau, coalesce(d.experience, 0), d.experience_prochain_niveau,
    d.stats_base, coalesce(d.stats_equipement, '{"hp": 0, "mp": 0, "stamina": 0, "force": 0, "dexterite": 0, "intelligence": 0}'),
    d.stats_totales, d."or",
    '{"combats": 0, "victoires": 0, "defaites": 0, "fuites": 0, "morts": 0}' || d.statistiques_jeu, d.derniere_connexion,
    d.cree_a, coalesce(d.points_competence, 0), coalesce(d.ordres_ouverts, 0), d.combat_id, d.last_event_sequence)
