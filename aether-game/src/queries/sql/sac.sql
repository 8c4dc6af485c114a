SELECT jsonb_build_object('inventaire', to_jsonb(i) - 'updated_at', 'contenu', coalesce(c.contenu, '[]'))
FROM inventaires AS i
CROSS JOIN LATERAL (
    SELECT jsonb_agg(
        jsonb_build_object('slot', to_jsonb(s) - 'updated_at', 'item', to_jsonb(o) - 'updated_at')
        ORDER BY s.position_slot) AS contenu
    FROM (
        SELECT *
        FROM items_inventaire AS s
        WHERE s.inventaire_id = i.inventaire_id AND s.position_slot > $2
        ORDER BY s.position_slot
        LIMIT $3
    ) AS s
    LEFT JOIN items AS o ON o.item_id = s.item_id
) AS c
WHERE i.inventaire_id = $1
