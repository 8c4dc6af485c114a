-- What makes the functions of the store safe, as statements, where it is not done yet.
--
-- They look names up in the schema of the store, and in no other: neither along the path of a caller nor among its
-- temporary tables. Some ($1) belong to the caller's path, which a rebuild sets, or name the schema themselves.
-- Others ($2) run with the rights of the owner, for those that the owner has given them to.
WITH ours AS (
    SELECT p.oid::regprocedure::text AS signature, p.proname::text AS name, p.prosecdef, p.proacl,
           coalesce(p.proconfig, '{}') AS settings,
           format('%I, pg_temp', current_schema()) AS path
    FROM pg_proc AS p
    WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
      AND starts_with(p.proname, 'aether_') AND p.prokind = 'f'
      -- for others there is nothing to do that they could
      AND pg_has_role(p.proowner, 'USAGE')
)
SELECT format('ALTER FUNCTION %s SET search_path = %s', signature, path)
FROM ours
WHERE NOT starts_with(name, 'aether_shadow_') AND name <> ALL ($1::text[])
  AND settings @> ARRAY['search_path=' || path] IS NOT TRUE
UNION ALL
SELECT format('ALTER FUNCTION %1$s SECURITY DEFINER; REVOKE EXECUTE ON FUNCTION %1$s FROM PUBLIC', signature)
FROM ours
WHERE name = ANY ($2::text[])
  AND (NOT prosecdef OR proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) AS a WHERE a.grantee = 0))
