-- The first event past a position; NULLs if there is none.
CREATE OR REPLACE FUNCTION aether_next(p_after BIGINT, OUT event_sequence BIGINT, OUT created_at TIMESTAMPTZ)
LANGUAGE plpgsql
STABLE -- see aether_events_in()
SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_bucket BIGINT := (p_after + 1) >> 10;
    v_first  BIGINT;
    v_months TEXT[];
    v_some   TEXT[];
    v_found  RECORD;
BEGIN
    SELECT e.event_sequence, e.created_at INTO event_sequence, created_at
    FROM (
        SELECT e.event_sequence, e.created_at FROM evenements_archive AS e
        UNION ALL
        SELECT e.event_sequence, e.created_at FROM evenements_default AS e
    ) AS e
    WHERE e.event_sequence > p_after ORDER BY e.event_sequence LIMIT 1;
    -- bucket by bucket, as long as there can be an earlier one
    LOOP
        SELECT min(m.bucket) INTO v_bucket FROM aether_months AS m WHERE m.bucket >= v_bucket;
        EXIT WHEN v_bucket IS NULL OR v_bucket > event_sequence >> 10;
        v_first := greatest(p_after + 1, v_bucket << 10);
        v_months := (ARRAY(SELECT aether_tables_at(v_first, v_bucket << 10)))[3:];
        -- the oldest month first, as in aether_newest()
        FOR v_step IN 1 .. 2 LOOP
            v_some := CASE v_step
                WHEN 1 THEN v_months[cardinality(v_months):]
                ELSE v_months[: cardinality(v_months) - 1]
            END;
            EXIT WHEN event_sequence = v_first OR v_some = '{}';
            SELECT e.event_sequence, e.created_at INTO v_found
            FROM aether_events_in(
                v_some, 'WHERE e.event_sequence BETWEEN ($1)[1] AND ($1)[2] ORDER BY e.event_sequence LIMIT 1',
                TRUE, ARRAY[v_first, least(event_sequence - 1, v_bucket << 10 | 1023)]
            ) AS e
            ORDER BY e.event_sequence LIMIT 1;
            IF FOUND THEN
                event_sequence := v_found.event_sequence;
                created_at := v_found.created_at;
            END IF;
        END LOOP;
        v_bucket := v_bucket + 1;
    END LOOP;
END
$$;
