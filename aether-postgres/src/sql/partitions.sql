SELECT c.relname::text,
       pg_get_expr(c.relpartbound, c.oid),
       -- an estimate needs some fifty rows before anybody makes it; DEFAULT should have none
       CASE WHEN pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT'
           THEN (SELECT count(*) FROM (SELECT FROM evenements_default LIMIT 100000) AS unforeseen)
           ELSE greatest(c.reltuples, 0)::bigint
       END,
       pg_total_relation_size(c.oid)
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'evenements'::regclass
