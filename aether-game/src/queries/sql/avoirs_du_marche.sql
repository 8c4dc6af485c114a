WITH places AS (
    SELECT o.item_id,
           sum(o.prix_unitaire::bigint * o.quantite_restante) FILTER (WHERE o.type_ordre = 'ACHAT') AS or_ordres,
           sum(o.quantite_restante) FILTER (WHERE o.type_ordre = 'VENTE') AS items_ordres,
           0 AS or_du, 0 AS items_dus, 0 AS or_colis, 0 AS items_colis
    FROM ordres_economie AS o
    WHERE o.statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE')
    GROUP BY o.item_id
    UNION ALL
    SELECT t.item_id, 0, 0, sum(t.montant_total - t.taxe + t.rendu), sum(t.quantite), 0, 0
    FROM transactions_economie AS t
    WHERE t.reglee_a IS NULL
    GROUP BY t.item_id
    UNION ALL
    SELECT c.item_id, 0, 0, 0, 0,
           sum(c.quantite) FILTER (WHERE c.type_contenu = 'OR'), sum(c.quantite) FILTER (WHERE c.type_contenu = 'ITEM')
    FROM colis_economie AS c
    GROUP BY c.item_id)
SELECT jsonb_build_object(
    'item_id', p.item_id,
    'or_ordres', coalesce(sum(p.or_ordres), 0), 'or_du', sum(p.or_du), 'or_colis', coalesce(sum(p.or_colis), 0),
    'items_ordres', coalesce(sum(p.items_ordres), 0), 'items_dus', sum(p.items_dus),
    'items_colis', coalesce(sum(p.items_colis), 0))
FROM places AS p
GROUP BY p.item_id
ORDER BY p.item_id
