SELECT to_jsonb(v)
FROM vue_items_populaires AS v
ORDER BY v.nb_possesseurs DESC, v.item_id
LIMIT $1
