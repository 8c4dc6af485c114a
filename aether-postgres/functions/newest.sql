-- The newest event at or below a position that the log can be read to; NULLs if there is none.
CREATE OR REPLACE FUNCTION aether_newest(p_until BIGINT, OUT event_sequence BIGINT, OUT event_id UUID)
LANGUAGE plpgsql
STABLE -- see aether_events_at()
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_bucket BIGINT := p_until >> 10;
    v_month  RECORD;
    v_found  RECORD;
    v_done   BOOLEAN := FALSE;
BEGIN
    SELECT e.event_sequence, e.event_id INTO event_sequence, event_id
    FROM (
        SELECT e.event_sequence, e.event_id FROM evenements_archive AS e
        UNION ALL
        SELECT e.event_sequence, e.event_id FROM evenements_default AS e
    ) AS e
    WHERE e.event_sequence <= p_until ORDER BY e.event_sequence DESC LIMIT 1;
    -- bucket by bucket, as long as there can be a newer one
    WHILE NOT v_done LOOP
        SELECT max(m.bucket) INTO v_bucket FROM aether_months AS m WHERE m.bucket <= v_bucket;
        EXIT WHEN v_bucket IS NULL OR v_bucket < event_sequence >> 10;
        FOR v_month IN SELECT m.* FROM aether_months_of(v_bucket << 10, v_bucket << 10) AS m LOOP
            SELECT e.event_sequence, e.event_id INTO v_found
            FROM evenements AS e
            WHERE e.event_sequence <= p_until
              AND e.event_sequence BETWEEN v_bucket << 10 AND (v_bucket << 10) + 1023
              AND e.timestamp >= v_month.starts AND e.timestamp < v_month.ends
              AND e.tableoid <> 'evenements_default'::regclass
            ORDER BY e.event_sequence DESC LIMIT 1;
            IF FOUND THEN
                v_done := TRUE;
                IF event_sequence IS NULL OR v_found.event_sequence > event_sequence THEN
                    event_sequence := v_found.event_sequence;
                    event_id := v_found.event_id;
                END IF;
            END IF;
        END LOOP;
        v_bucket := v_bucket - 1;
    END LOOP;
END
$$;
