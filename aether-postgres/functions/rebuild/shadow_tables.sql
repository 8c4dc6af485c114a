-- The tables of these names, in this order; those that do not exist are missing.
CREATE OR REPLACE FUNCTION aether_shadow_tables(p_tables TEXT[]) RETURNS OID[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(to_regclass(quote_ident(name))::oid ORDER BY place)
                        FILTER (WHERE to_regclass(quote_ident(name)) IS NOT NULL), '{}')
    FROM unnest(p_tables) WITH ORDINALITY AS t(name, place)
$$;
