SELECT to_jsonb(o) - 'updated_at'
FROM ordres_economie AS o
WHERE o.joueur_id = $1 AND o.statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE')
ORDER BY o.event_sequence
