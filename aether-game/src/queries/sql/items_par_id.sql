SELECT to_jsonb(i) - 'updated_at'
FROM items AS i
WHERE i.item_id = ANY($1)
