-- $1: the item. $2: the time. $3: how many whole hours before it are told apart.
WITH prix AS MATERIALIZED (
    -- of the same moment as the trades below, also where the update waits for a projection
    SELECT p.last_event_sequence FROM prix_marche AS p WHERE p.item_id = $1),
jour AS (
    SELECT (2 * sum(t.montant_total) + sum(t.quantite)) / (2 * sum(t.quantite)) AS prix_moyen,
           min(t.prix_unitaire) AS prix_min, max(t.prix_unitaire) AS prix_max,
           coalesce(sum(t.quantite), 0) AS volume, count(*) AS transactions
    FROM transactions_economie AS t
    WHERE t.item_id = $1 AND t.executee_a > $2 - interval '24 hours' AND t.executee_a <= $2),
heures AS (
    SELECT date_trunc('hour', t.executee_a, 'UTC') AS heure,
           (2 * sum(t.montant_total) + sum(t.quantite)) / (2 * sum(t.quantite)) AS prix_moyen,
           min(t.prix_unitaire) AS prix_min, max(t.prix_unitaire) AS prix_max,
           sum(t.quantite) AS volume, count(*) AS transactions
    FROM transactions_economie AS t
    WHERE t.item_id = $1
          AND t.executee_a >= date_trunc('hour', $2, 'UTC') - make_interval(hours => $3)
          AND t.executee_a < date_trunc('hour', $2, 'UTC')
    GROUP BY 1),
historique AS (SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY h.heure), '[]') AS heures FROM heures AS h)
UPDATE prix_marche AS p SET
    prix_moyen_24h = jour.prix_moyen,
    prix_min_24h = jour.prix_min,
    prix_max_24h = jour.prix_max,
    volume_24h = least(jour.volume, 2147483647),
    nombre_transactions_24h = jour.transactions,
    historique_prix = historique.heures,
    statistiques_a = $2,
    statistiques_sequence = prix.last_event_sequence,
    updated_at = now()
FROM prix, jour, historique
WHERE p.item_id = $1 AND (p.statistiques_a IS NULL OR p.statistiques_a < $2)
