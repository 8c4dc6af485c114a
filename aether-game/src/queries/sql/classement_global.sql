SELECT to_jsonb(v)
FROM vue_leaderboard_global AS v
WHERE v.rang > $1
ORDER BY v.rang
LIMIT $2
