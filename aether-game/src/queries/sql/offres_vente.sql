SELECT to_jsonb(o) - 'updated_at'
FROM ordres_economie AS o
WHERE o.item_id = $1 AND o.type_ordre = 'VENTE' AND o.statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE') AND o.expire_a > $2
      AND (o.prix_unitaire, o.event_sequence) > ($3, $4)
ORDER BY o.prix_unitaire, o.event_sequence
LIMIT $5
