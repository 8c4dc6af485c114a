SELECT to_jsonb(t)
FROM transactions_economie AS t
WHERE t.item_id = $1 AND (t.executee_a, t.event_sequence) < ($2, $3)
ORDER BY t.executee_a DESC, t.event_sequence DESC
LIMIT $4
