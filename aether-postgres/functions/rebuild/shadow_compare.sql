-- Raises AER03 if the copies are not like the live tables (any more). A swap of neighbours that commits while this
-- looks shows half of its work: so it looks again, each time with a new snapshot, before it says so.
CREATE OR REPLACE FUNCTION aether_shadow_compare(p_schema TEXT, p_tables TEXT[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_schemas TEXT[];
    v_pair    RECORD;
    v_change  TEXT;
BEGIN
    SELECT array_agg(DISTINCT n.nspname) || p_schema INTO v_schemas
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = ANY (aether_shadow_tables(p_tables));
    FOR v_pair IN
        SELECT t.name, to_regclass(quote_ident(t.name)) AS live,
               to_regclass(format('%I.%I', p_schema, t.name)) AS shadow
        FROM unnest(p_tables) AS t(name)
    LOOP
        IF v_pair.live IS NULL OR v_pair.shadow IS NULL THEN
            RAISE EXCEPTION 'the % table % is gone',
                CASE WHEN v_pair.live IS NULL THEN 'live' ELSE 'shadow' END, v_pair.name
                USING ERRCODE = 'AER03';
        END IF;
        FOR v_look IN 1..5 LOOP
            WITH live AS (SELECT l FROM aether_shadow_describe(v_pair.live, v_schemas) AS l),
                 shadow AS (SELECT s FROM aether_shadow_describe(v_pair.shadow, v_schemas) AS s)
            SELECT string_agg(line, '; ') INTO v_change
            FROM (SELECT 'it has ' || l AS line FROM (TABLE live EXCEPT TABLE shadow) AS more
                  UNION ALL
                  SELECT 'it had ' || s FROM (TABLE shadow EXCEPT TABLE live) AS less(s)) AS change;
            EXIT WHEN v_change IS NULL;
            PERFORM pg_sleep(0.02);
        END LOOP;
        IF v_change IS NOT NULL THEN
            RAISE EXCEPTION '% was changed: %', v_pair.name, v_change USING ERRCODE = 'AER03';
        END IF;
    END LOOP;
END
$$;
