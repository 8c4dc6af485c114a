SELECT c.relname::text,
       pg_get_expr(c.relpartbound, c.oid),
       greatest(c.reltuples, 0)::bigint,
       pg_total_relation_size(c.oid)
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'evenements'::regclass
