-- Raises AER01 with all that stands in the way.
CREATE OR REPLACE FUNCTION aether_shadow_check(p_tables TEXT[]) RETURNS VOID LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_obstacles TEXT;
BEGIN
    IF cardinality(p_tables) = 0 THEN
        RAISE EXCEPTION 'no tables are named' USING ERRCODE = 'AER01';
    END IF;
    SELECT string_agg(o, '; ' ORDER BY o COLLATE "C") INTO v_obstacles
    FROM aether_shadow_obstacles(p_tables) AS o;
    IF v_obstacles IS NOT NULL THEN
        RAISE EXCEPTION '%', v_obstacles USING ERRCODE = 'AER01';
    END IF;
END
$$;
