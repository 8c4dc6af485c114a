SELECT to_jsonb(a)
FROM actions_combat AS a
WHERE a.combat_id = $1 AND a.event_sequence < $2
ORDER BY a.event_sequence DESC
LIMIT $3
