-- Writes down what became of processes in this transaction, which holds the rows of those that are not new.
-- Processes ascend, so that new rows are locked in that order as well.
CREATE OR REPLACE FUNCTION aether_save_processes(
    p_manager           TEXT,
    p_now               TIMESTAMPTZ,   -- by the clock of the engine
    p_processes         UUID[],
    p_new               BOOLEAN[],     -- whether it was not there when it was opened
    p_states            JSONB[],       -- NULL: ended
    p_command_processes UUID[],
    p_command_ids       UUID[],        -- of each process in its order
    p_commands          JSONB[],
    p_command_metadata  JSONB[],
    p_timer_processes   UUID[],
    p_timer_names       TEXT[],
    p_timer_ids         UUID[],        -- NULL: cancelled
    p_timer_due         TIMESTAMPTZ[],
    p_timer_metadata    JSONB[]
) RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_saved INTEGER;
    v_made  INTEGER;
BEGIN
    -- Read models may commit without waiting for the disk, since they can be filled again. A process
    -- cannot: what it has seen of its own commands is nowhere else.
    PERFORM aether_raise_durability();

    UPDATE aether_processes AS p
    SET state = u.state, ended_at = CASE WHEN u.state IS NULL THEN p_now END,
        updated_at = clock_timestamp()
    FROM unnest(p_processes, p_new, p_states) AS u(id, is_new, state)
    WHERE NOT u.is_new AND p.manager = p_manager AND p.process_id = u.id;
    GET DIAGNOSTICS v_saved = ROW_COUNT;
    INSERT INTO aether_processes (manager, process_id, state, ended_at)
    SELECT p_manager, u.id, u.state, CASE WHEN u.state IS NULL THEN p_now END
    FROM unnest(p_processes, p_new, p_states) WITH ORDINALITY AS u(id, is_new, state, i)
    WHERE u.is_new ORDER BY u.i
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_made = ROW_COUNT;
    IF v_saved + v_made < cardinality(p_processes) THEN
        RAISE EXCEPTION 'a process of % began or was forgotten meanwhile', p_manager
            USING ERRCODE = 'serialization_failure';
    END IF;

    INSERT INTO aether_outbox (command_id, manager, process_id, command, metadata)
    SELECT u.id, p_manager, u.process, u.command, u.metadata
    FROM unnest(p_command_ids, p_command_processes, p_commands, p_command_metadata)
         WITH ORDINALITY AS u(id, process, command, metadata, i) ORDER BY u.i;

    DELETE FROM aether_timers AS t
    USING unnest(p_processes, p_states) AS u(id, state)
    WHERE u.state IS NULL AND t.manager = p_manager AND t.process_id = u.id;

    DELETE FROM aether_timers AS t
    USING unnest(p_timer_processes, p_timer_names, p_timer_ids) AS u(process, name, id)
    WHERE u.id IS NULL AND t.manager = p_manager AND t.process_id = u.process AND t.name = u.name;

    INSERT INTO aether_timers AS t (manager, process_id, name, timer_id, due_at, metadata)
    SELECT p_manager, u.process, u.name, u.id, u.due, u.metadata
    FROM unnest(p_timer_processes, p_timer_names, p_timer_ids, p_timer_due, p_timer_metadata)
         AS u(process, name, id, due, metadata)
    WHERE u.id IS NOT NULL
    ON CONFLICT (manager, process_id, name) DO UPDATE
    SET timer_id = excluded.timer_id, due_at = excluded.due_at, metadata = excluded.metadata,
        state = 'pending', tries = 0, failures = 0, error = NULL, retry_at = NULL,
        set_at = clock_timestamp();
END
$$;
