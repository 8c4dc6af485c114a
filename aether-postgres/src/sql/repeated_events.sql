-- Event ids that were stored more than once.
SELECT event_id, count(*) AS times
FROM aether_log
GROUP BY event_id
HAVING count(*) > 1
ORDER BY event_id
LIMIT $1
