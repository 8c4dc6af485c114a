-- What the lease of a projection's shard is called in aether_leases.
CREATE OR REPLACE FUNCTION aether_projection_lease(p_projection TEXT, p_shard INTEGER) RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$
    SELECT 'projection/' || p_projection || '/' || p_shard
$$;
