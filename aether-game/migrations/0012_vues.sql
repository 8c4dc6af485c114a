-- What is worth a view that is refreshed now and then.

-- Players who were seen in the last thirty days, by rank.
CREATE MATERIALIZED VIEW vue_leaderboard_global AS
SELECT j.joueur_id, j.pseudo, j.classe, j.niveau, j.titre, j.guilde_nom, j.stats_totales,
       row_number() OVER (ORDER BY j.niveau DESC, j.experience DESC, j.joueur_id DESC)::int AS rang,
       row_number() OVER (
           ORDER BY (j.statistiques_jeu->>'victoires')::int DESC, j.joueur_id DESC)::int AS rang_arene
FROM joueurs AS j
WHERE coalesce(j.derniere_connexion, j.cree_a) > now() - interval '30 days';

CREATE UNIQUE INDEX vue_leaderboard_global_joueur ON vue_leaderboard_global (joueur_id);
CREATE INDEX vue_leaderboard_global_rang ON vue_leaderboard_global (rang);

-- Items by how many players have them.
CREATE MATERIALIZED VIEW vue_items_populaires AS
SELECT i.item_id, i.nom, i.type_item, i.rarete,
       count(DISTINCT s.joueur_id)::int AS nb_possesseurs, coalesce(sum(s.quantite), 0)::bigint AS quantite_totale
FROM items AS i
LEFT JOIN items_inventaire AS s USING (item_id)
GROUP BY i.item_id;

CREATE UNIQUE INDEX vue_items_populaires_item ON vue_items_populaires (item_id);
CREATE INDEX vue_items_populaires_rang ON vue_items_populaires (nb_possesseurs DESC, item_id);
