-- The first event past a position; NULLs if there is none.
CREATE OR REPLACE FUNCTION aether_next(p_after BIGINT, OUT event_sequence BIGINT, OUT created_at TIMESTAMPTZ)
LANGUAGE plpgsql
STABLE -- see aether_events_at()
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_bucket BIGINT := (p_after + 1) >> 10;
    v_month  RECORD;
    v_found  RECORD;
    v_done   BOOLEAN := FALSE;
BEGIN
    SELECT e.event_sequence, e.created_at INTO event_sequence, created_at
    FROM (
        SELECT e.event_sequence, e.created_at FROM evenements_archive AS e
        UNION ALL
        SELECT e.event_sequence, e.created_at FROM evenements_default AS e
    ) AS e
    WHERE e.event_sequence > p_after ORDER BY e.event_sequence LIMIT 1;
    -- bucket by bucket, as long as there can be an earlier one
    WHILE NOT v_done LOOP
        SELECT min(m.bucket) INTO v_bucket FROM aether_months AS m WHERE m.bucket >= v_bucket;
        EXIT WHEN v_bucket IS NULL OR v_bucket > event_sequence >> 10;
        FOR v_month IN SELECT m.* FROM aether_months_of(v_bucket << 10, v_bucket << 10) AS m LOOP
            SELECT e.event_sequence, e.created_at INTO v_found
            FROM evenements AS e
            WHERE e.event_sequence > p_after
              AND e.event_sequence BETWEEN v_bucket << 10 AND (v_bucket << 10) + 1023
              AND e.timestamp >= v_month.starts AND e.timestamp < v_month.ends
              AND e.tableoid <> 'evenements_default'::regclass
            ORDER BY e.event_sequence LIMIT 1;
            IF FOUND THEN
                v_done := TRUE;
                IF event_sequence IS NULL OR v_found.event_sequence < event_sequence THEN
                    event_sequence := v_found.event_sequence;
                    created_at := v_found.created_at;
                END IF;
            END IF;
        END LOOP;
        v_bucket := v_bucket + 1;
    END LOOP;
END
$$;
