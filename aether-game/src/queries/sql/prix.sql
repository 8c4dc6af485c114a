SELECT to_jsonb(p) - 'updated_at'
FROM prix_marche AS p
WHERE p.item_id = $1
