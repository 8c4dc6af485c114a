-- The advisory locks of this store: key space (first key) of running appends.
CREATE OR REPLACE FUNCTION aether_lock_space() RETURNS INTEGER LANGUAGE sql STABLE AS $$
    SELECT (('{schema}.aether_event_sequence'::regclass::oid::bigint # 1095062600) & 2147483647)::integer
$$;
