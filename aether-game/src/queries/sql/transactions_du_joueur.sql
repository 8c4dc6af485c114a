-- nobody trades with oneself: no row is in both
WITH ventes AS (
    SELECT t.* FROM transactions_economie AS t
    WHERE t.vendeur_id = $1 AND t.event_sequence < $2
    ORDER BY t.event_sequence DESC
    LIMIT $3),
achats AS (
    SELECT t.* FROM transactions_economie AS t
    WHERE t.acheteur_id = $1 AND t.event_sequence < $2
    ORDER BY t.event_sequence DESC
    LIMIT $3)
SELECT to_jsonb(t)
FROM (TABLE ventes UNION ALL TABLE achats) AS t
ORDER BY t.event_sequence DESC
LIMIT $3
