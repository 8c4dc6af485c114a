-- The months that each bucket of positions may have events of, from a bucket on; NULL: any.
SELECT DISTINCT bucket, nullif(month, 'infinity')
FROM aether_months
WHERE bucket >= $1
ORDER BY 1, 2
LIMIT $2
