SELECT to_jsonb(m) - 'updated_at'
FROM etat_monde AS m
WHERE m.monde_id = '00000000-0000-0000-0000-000000000000'
