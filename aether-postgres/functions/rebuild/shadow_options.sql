-- 'name' and 'value' of a storage parameter, as they are written in a WITH clause.
CREATE OR REPLACE FUNCTION aether_shadow_options(p_prefix TEXT, p_options TEXT[]) RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(format('%s%s = %L', p_prefix, split_part(o, '=', 1),
                             substr(o, strpos(o, '=') + 1)), ', ')
    FROM unnest(p_options) AS o
$$;
