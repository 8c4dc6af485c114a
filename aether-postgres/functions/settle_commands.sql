-- Writes down the results of accepted commands and forgets rejected ones.
CREATE OR REPLACE FUNCTION aether_settle_commands(
    p_commands UUID[], p_verdicts SMALLINT[], p_request_writes INTEGER[], p_stream_ids UUID[],
    p_stream_types TEXT[], p_write_streams INTEGER[], p_write_events INTEGER[], p_versions INTEGER[],
    p_positions BIGINT[]
) RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_write    INTEGER := 1;
    v_event    INTEGER := 1;
    v_last     INTEGER;
    v_count    INTEGER;
    v_streams  INTEGER[];
BEGIN
    FOR r IN 1 .. cardinality(p_request_writes) LOOP
        v_last := v_write + p_request_writes[r] - 1;
        SELECT coalesce(sum(n), 0) INTO v_count FROM unnest(p_write_events[v_write:v_last]) AS n;
        IF p_verdicts[r] = 0 THEN
            IF p_commands[r] IS NOT NULL THEN
                v_streams := p_write_streams[v_write:v_last];
                UPDATE aether_commands
                SET aggregate_ids = (SELECT array_agg(p_stream_ids[s] ORDER BY i)
                                     FROM unnest(v_streams) WITH ORDINALITY AS u(s, i)),
                    aggregate_types = (SELECT array_agg(p_stream_types[s] ORDER BY i)
                                       FROM unnest(v_streams) WITH ORDINALITY AS u(s, i)),
                    versions = p_versions[v_write:v_last],
                    event_counts = p_write_events[v_write:v_last],
                    positions = p_positions[v_event:v_event + v_count - 1]
                WHERE command_id = p_commands[r];
            END IF;
        ELSIF p_verdicts[r] <> 5 AND p_commands[r] IS NOT NULL THEN
            DELETE FROM aether_commands WHERE command_id = p_commands[r] AND aggregate_ids = '{}';
        END IF;
        v_event := v_event + v_count;
        v_write := v_last + 1;
    END LOOP;
END
$$;
