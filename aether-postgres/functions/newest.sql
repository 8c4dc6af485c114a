-- The newest event at or below a position that the log can be read to; NULLs if there is none.
CREATE OR REPLACE FUNCTION aether_newest(p_until BIGINT, OUT event_sequence BIGINT, OUT event_id UUID)
LANGUAGE plpgsql
STABLE -- see aether_events_in()
SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_bucket BIGINT := p_until >> 10;
    v_last   BIGINT;
    v_months TEXT[];
    v_some   TEXT[];
    v_found  RECORD;
BEGIN
    SELECT e.event_sequence, e.event_id INTO event_sequence, event_id
    FROM (
        SELECT e.event_sequence, e.event_id FROM evenements_archive AS e
        UNION ALL
        SELECT e.event_sequence, e.event_id FROM evenements_default AS e
    ) AS e
    WHERE e.event_sequence <= p_until ORDER BY e.event_sequence DESC LIMIT 1;
    -- bucket by bucket, as long as there can be a newer one
    LOOP
        SELECT max(m.bucket) INTO v_bucket FROM aether_months AS m WHERE m.bucket <= v_bucket;
        EXIT WHEN v_bucket IS NULL OR v_bucket < event_sequence >> 10;
        v_last := least(p_until, v_bucket << 10 | 1023);
        v_months := (ARRAY(SELECT aether_tables_at(v_bucket << 10, v_last)))[3:];
        -- The newest month first: nearly always it has an event at the very position, and no other need be asked.
        FOR v_step IN 1 .. 2 LOOP
            v_some := CASE v_step WHEN 1 THEN v_months[:1] ELSE v_months[2:] END;
            EXIT WHEN event_sequence = v_last OR v_some = '{}';
            SELECT e.event_sequence, e.event_id INTO v_found
            FROM aether_events_in(
                v_some, 'WHERE e.event_sequence BETWEEN ($1)[1] AND ($1)[2] ORDER BY e.event_sequence DESC LIMIT 1',
                TRUE, ARRAY[greatest(event_sequence + 1, v_bucket << 10), v_last]
            ) AS e
            ORDER BY e.event_sequence DESC LIMIT 1;
            IF FOUND THEN
                event_sequence := v_found.event_sequence;
                event_id := v_found.event_id;
            END IF;
        END LOOP;
        v_bucket := v_bucket - 1;
    END LOOP;
END
$$;
