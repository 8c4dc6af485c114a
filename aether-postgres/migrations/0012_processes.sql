-- Process managers: their state, the commands they have sent and that are still to be carried out, and
-- their timers. All three change in one transaction, under the lock of the process's row.

CREATE TABLE aether_processes (
    manager    TEXT        COLLATE "C" NOT NULL,
    process_id UUID        NOT NULL,
    state      JSONB,      -- NULL once the process has ended: the row stays, so that late events do not start it anew
    ended_at   TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (manager, process_id)
) WITH (fillfactor = 70);
CREATE INDEX aether_processes_ended ON aether_processes (manager, ended_at) WHERE ended_at IS NOT NULL;

-- A row is a command that is not settled. `number` is the order in which a process has sent them; the
-- next one is carried out when the one before is gone.
CREATE TABLE aether_outbox (
    command_id UUID        PRIMARY KEY,
    number     BIGINT      GENERATED ALWAYS AS IDENTITY,
    manager    TEXT        COLLATE "C" NOT NULL,
    process_id UUID        NOT NULL,
    command    JSONB       NOT NULL,
    metadata   JSONB       NOT NULL,
    -- 'pending'; 'failed': it waits for an operator; 'skip': it is not to be carried out any more
    state      TEXT        NOT NULL DEFAULT 'pending',
    tries      INTEGER     NOT NULL DEFAULT 0,  -- how often it was put off
    failures   INTEGER     NOT NULL DEFAULT 0,  -- how often of these for a reason that will not go away
    error      TEXT,
    retry_at   TIMESTAMPTZ,
    sent_at    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX aether_outbox_order ON aether_outbox (manager, number);
CREATE INDEX aether_outbox_process ON aether_outbox (manager, process_id, number);

CREATE TABLE aether_timers (
    manager    TEXT        COLLATE "C" NOT NULL,
    process_id UUID        NOT NULL,
    name       TEXT        COLLATE "C" NOT NULL,
    timer_id   UUID        NOT NULL,            -- another one each time the timer is set
    due_at     TIMESTAMPTZ NOT NULL,
    metadata   JSONB       NOT NULL,
    state      TEXT        NOT NULL DEFAULT 'pending',  -- or 'failed'
    tries      INTEGER     NOT NULL DEFAULT 0,
    failures   INTEGER     NOT NULL DEFAULT 0,
    error      TEXT,
    retry_at   TIMESTAMPTZ,
    set_at     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (manager, process_id, name)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX aether_timers_due ON aether_timers (manager, due_at);

-- Writes down what became of processes in this transaction, which holds the rows of those that are not new.
-- Processes ascend, so that new rows are locked in that order as well.
CREATE FUNCTION aether_save_processes(
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
    -- can not: what it has seen of its own commands is nowhere else.
    SET LOCAL synchronous_commit TO DEFAULT;

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

-- What an operator wants of a command or timer: another try, or (p_skip) none any more. A command that
-- is skipped stays until its process has been told. False: there is none with this id.
CREATE FUNCTION aether_remedy_task(p_manager TEXT, p_id UUID, p_skip BOOLEAN)
RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- tries go on counting: whoever is at it now can not put it off any more
    UPDATE aether_outbox
    SET state = CASE WHEN p_skip THEN 'skip' ELSE 'pending' END,
        tries = tries + 1, failures = 0, error = NULL, retry_at = NULL
    WHERE manager = p_manager AND command_id = p_id;
    IF FOUND THEN
        RETURN TRUE;
    END IF;
    IF p_skip THEN
        DELETE FROM aether_timers WHERE manager = p_manager AND timer_id = p_id;
    ELSE
        UPDATE aether_timers
        SET state = 'pending', tries = tries + 1, failures = 0, error = NULL, retry_at = NULL
        WHERE manager = p_manager AND timer_id = p_id;
    END IF;
    RETURN FOUND;
END
$$;

-- Command ids that were used up without a result: see aether_void_command().
ALTER TABLE aether_commands ADD COLUMN voided BOOLEAN NOT NULL DEFAULT FALSE;

-- Uses a command id up, so that no append under it is stored any more; returns its row if it has a
-- result. The insert waits for whoever is just storing the command; the second statement then sees it.
CREATE FUNCTION aether_void_command(p_command UUID)
RETURNS SETOF aether_commands LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO aether_commands (command_id, voided) VALUES (p_command, TRUE)
    ON CONFLICT (command_id) DO NOTHING;
    RETURN QUERY SELECT c.* FROM aether_commands AS c WHERE c.command_id = p_command AND NOT c.voided;
END
$$;
