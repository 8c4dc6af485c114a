-- a view that was never filled cannot be refreshed while it is read
SELECT format(
    'REFRESH MATERIALIZED VIEW %s %s',
    CASE WHEN c.relispopulated THEN 'CONCURRENTLY' END,
    c.oid::regclass
)
FROM pg_class AS c
WHERE c.oid = $1::text::regclass
