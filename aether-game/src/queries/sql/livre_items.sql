WITH lieux AS (
    SELECT i.item_id, i.quantite AS detenu, 0 AS ordres, 0 AS du, 0 AS colis
    FROM items_inventaire AS i
    UNION ALL
    SELECT o.item_id, 0, o.quantite_restante, 0, 0
    FROM ordres_economie AS o
    WHERE o.type_ordre = 'VENTE' AND o.statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE')
    UNION ALL
    SELECT t.item_id, 0, 0, t.quantite, 0
    FROM transactions_economie AS t
    WHERE t.reglee_a IS NULL
    UNION ALL
    SELECT c.item_id, 0, 0, 0, c.quantite
    FROM colis_economie AS c
    WHERE c.type_contenu = 'ITEM'
), par_item AS (
    SELECT l.item_id, sum(l.detenu) AS detenu, sum(l.ordres) AS ordres, sum(l.du) AS du, sum(l.colis) AS colis
    FROM lieux AS l
    GROUP BY l.item_id
), flux AS (
    SELECT f.item_id, jsonb_object_agg(f.raison, f.quantite) AS flux
    FROM flux_livre AS f
    WHERE f.item_id <> '00000000-0000-0000-0000-000000000000'
    GROUP BY f.item_id
)
SELECT jsonb_build_object(
    'item_id', item_id, 'detenu', coalesce(p.detenu, 0), 'ordres', coalesce(p.ordres, 0), 'du', coalesce(p.du, 0),
    'colis', coalesce(p.colis, 0), 'flux', coalesce(f.flux, '{}'))
FROM par_item AS p
FULL JOIN flux AS f USING (item_id)
ORDER BY item_id
