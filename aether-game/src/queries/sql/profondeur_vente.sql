SELECT jsonb_build_object(
    'prix_unitaire', o.prix_unitaire, 'quantite', sum(o.quantite_restante), 'ordres', count(*))
FROM ordres_economie AS o
WHERE o.item_id = $1 AND o.type_ordre = 'VENTE' AND o.statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE') AND o.expire_a > $2
      AND o.prix_unitaire > $3
GROUP BY o.prix_unitaire
ORDER BY o.prix_unitaire
LIMIT $4
