-- Writes down which months the positions of new events belong to, and returns the incarnation of the log. Where it is one
-- month in one bucket, the session remembers both until the transaction is undone: appends look there first.
CREATE OR REPLACE FUNCTION aether_note_months(
    p_positions BIGINT[],    -- ascending
    p_times     TIMESTAMPTZ[],
    p_first     TIMESTAMPTZ, -- the span of the times
    p_last      TIMESTAMPTZ
)
RETURNS UUID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_key TEXT := aether_month_key(p_positions[1], p_first);
    v_id  UUID := aether_incarnation();
BEGIN
    PERFORM aether_map_months(p_positions, p_times);
    IF v_id IS NOT NULL AND v_key = aether_month_key(p_positions[cardinality(p_positions)], p_last) THEN
        PERFORM set_config('aether.known', v_key, false), set_config('aether.incarnation', v_id::text, false);
    END IF;
    RETURN v_id;
END
$$;
