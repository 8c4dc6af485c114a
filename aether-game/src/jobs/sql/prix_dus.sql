SELECT p.item_id FROM prix_marche AS p WHERE p.statistiques_a IS NULL OR p.statistiques_a < $1 ORDER BY p.item_id
