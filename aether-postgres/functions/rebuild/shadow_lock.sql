-- Locks all that a swap changes: views first, as their readers do, then tables in the order of their
-- names: the live ones, those that refer to them and those that they refer to. Waits for that long in all; then
-- lock_not_available (55P03), and the caller rolls back.
CREATE OR REPLACE FUNCTION aether_shadow_lock(p_tables TEXT[], p_patience_ms INTEGER) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_tables OID[];
    v_begun  TIMESTAMPTZ := clock_timestamp();
    v_left   INTEGER;
    v_lock   TEXT;
BEGIN
    -- one swap at a time, and none while a rebuild begins: the names below stay what they are
    PERFORM set_config('lock_timeout', p_patience_ms::text, true);
    PERFORM pg_advisory_xact_lock(aether_lock_space() # 4, 0);
    v_tables := aether_shadow_tables(p_tables);
    FOR v_lock IN
        SELECT sql FROM (
            -- changes nothing; LOCK TABLE would go on to all that the view reads
            SELECT 0 AS kind, v.oid::regclass::text AS name,
                   format('ALTER VIEW %s OWNER TO %I', v.oid::regclass, pg_get_userbyid(v.relowner))
                       AS sql
            FROM pg_class AS v WHERE v.oid IN (SELECT aether_shadow_views(v_tables))
            UNION
            SELECT 1, t.oid::regclass::text,
                   format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', t.oid::regclass)
            FROM (SELECT unnest(v_tables) AS oid
                  UNION
                  SELECT unnest(ARRAY[conrelid, confrelid]) FROM pg_constraint
                  WHERE contype = 'f' AND (conrelid = ANY (v_tables) OR confrelid = ANY (v_tables))
                 ) AS t
        ) AS locks ORDER BY kind, name
    LOOP
        v_left := p_patience_ms
            - floor(extract(epoch FROM clock_timestamp() - v_begun) * 1000)::integer;
        PERFORM set_config('lock_timeout', greatest(v_left, 1)::text, true);
        EXECUTE v_lock;
    END LOOP;
END
$$;
