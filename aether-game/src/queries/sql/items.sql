SELECT to_jsonb(i) - 'updated_at'
FROM items AS i
WHERE NOT i.retire AND ($1::text IS NULL OR i.type_item = $1) AND ($2::text IS NULL OR i.rarete = $2)
    AND ($3 = '' OR lower(i.nom) ~>=~ lower($3) AND lower(i.nom) ~<~ (lower($3) || U&'\+10FFFF'))
    AND (i.niveau_requis, i.nom, i.item_id) > ($4, $5, $6) AND i.niveau_requis <= $7
ORDER BY i.niveau_requis, i.nom, i.item_id
LIMIT $8
