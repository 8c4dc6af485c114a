-- Projections in shards, their dead letters, and the leases of nodes.

CREATE TABLE aether_projections (
    projection      TEXT        PRIMARY KEY COLLATE "C",
    shards          INTEGER     NOT NULL DEFAULT 1,
    paused          BOOLEAN     NOT NULL DEFAULT FALSE,
    -- what it listens to, for the lag that operators see; empty: everything
    event_types     TEXT[]      NOT NULL DEFAULT '{}',
    aggregate_types TEXT[]      NOT NULL DEFAULT '{}',
    registered_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE aether_checkpoints
    ADD COLUMN shard INTEGER NOT NULL DEFAULT 0,
    -- why it stands still, if it does
    ADD COLUMN failure TEXT,
    DROP CONSTRAINT aether_checkpoints_pkey,
    ADD PRIMARY KEY (projection, shard);

-- Events that a projection could not apply, and those that wait behind them.
CREATE TABLE aether_dead_letters (
    projection        TEXT        NOT NULL COLLATE "C",
    -- belongs to a rebuild that has not been swapped in yet
    rebuild           BOOLEAN     NOT NULL DEFAULT FALSE,
    position          BIGINT      NOT NULL,
    event_id          UUID        NOT NULL,
    event_type        TEXT        NOT NULL,
    aggregate_id      UUID        NOT NULL,
    aggregate_type    TEXT        NOT NULL,
    aggregate_version INTEGER     NOT NULL,
    slice             INTEGER     NOT NULL,
    -- failed; waiting (behind a failed one); retry, skip (ordered by an operator); skipped
    state             TEXT        NOT NULL,
    error             TEXT,
    attempts          INTEGER     NOT NULL DEFAULT 0,
    parked_at         TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, rebuild, position)
);
CREATE INDEX aether_dead_letters_aggregate
    ON aether_dead_letters (projection, rebuild, aggregate_id, position);

-- Every acquisition of a lease has a number higher than all before it.
CREATE SEQUENCE aether_epochs;

CREATE TABLE aether_nodes (
    node       UUID        PRIMARY KEY,
    name       TEXT        NOT NULL,
    wants      TEXT[]      NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE aether_leases (
    lease       TEXT        PRIMARY KEY COLLATE "C",
    -- NULL: given back
    node        UUID,
    epoch       BIGINT      NOT NULL,
    acquired_at TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE aether_jobs (
    job         TEXT        PRIMARY KEY COLLATE "C",
    started_at  TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    outcome     TEXT,
    error       TEXT,
    runs        BIGINT      NOT NULL DEFAULT 0,
    failures    BIGINT      NOT NULL DEFAULT 0
);

-- One heartbeat of a node: gives back, renews, takes its fair share of what is free, and says what it
-- holds. Beats go one after another; each takes about a millisecond.
CREATE FUNCTION aether_beat(
    p_node UUID, p_name TEXT, p_wants TEXT[], p_releases TEXT[], p_ttl INTERVAL
) RETURNS TABLE (held_lease TEXT, held_epoch BIGINT, surplus BOOLEAN)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_now TIMESTAMPTZ;
    v_nodes INTEGER;
    v_share INTEGER;
    v_held INTEGER;
BEGIN
    -- a caller that is paused between the statements of its transaction must not hold up the others
    PERFORM set_config('idle_in_transaction_session_timeout', '2s', true),
            -- a crash of the server may take a beat back: the epoch's sequence does not go back with it
            set_config('synchronous_commit', 'off', true),
            pg_advisory_xact_lock(aether_lock_space() # 2, 0);
    v_now := clock_timestamp();
    INSERT INTO aether_nodes AS n (node, name, wants, seen_at, expires_at)
    VALUES (p_node, p_name, p_wants, v_now, v_now + p_ttl)
    ON CONFLICT (node) DO UPDATE
    SET wants = p_wants, seen_at = v_now, expires_at = v_now + p_ttl;
    DELETE FROM aether_nodes AS n WHERE n.expires_at < v_now - INTERVAL '1 minute';

    UPDATE aether_leases AS l SET node = NULL, expires_at = v_now
    WHERE l.node = p_node AND l.lease = ANY (p_releases);
    UPDATE aether_leases AS l SET expires_at = v_now + p_ttl
    WHERE l.node = p_node AND l.lease = ANY (p_wants);
    GET DIAGNOSTICS v_held = ROW_COUNT;

    -- A node that has been silent for half of its time has no share any more, although its leases last:
    -- what was a dead one's must not wait for another that is silent, too.
    SELECT count(*) INTO v_nodes
    FROM aether_nodes AS n
    WHERE n.seen_at + (n.expires_at - n.seen_at) / 2 > v_now;
    SELECT ceil(count(DISTINCT w.lease)::numeric / v_nodes) INTO v_share
    FROM aether_nodes AS n, unnest(n.wants) AS w (lease)
    WHERE n.seen_at + (n.expires_at - n.seen_at) / 2 > v_now;

    IF v_held < v_share THEN
        INSERT INTO aether_leases AS l (lease, node, epoch, acquired_at, expires_at)
        SELECT f.lease, p_node, nextval('aether_epochs'), v_now, v_now + p_ttl
        FROM (
            SELECT w.lease
            FROM unnest(p_wants) AS w (lease)
            LEFT JOIN aether_leases AS o ON o.lease = w.lease
            WHERE o.lease IS NULL OR o.node IS NULL OR o.expires_at <= v_now
            ORDER BY w.lease
            LIMIT v_share - v_held
        ) AS f
        ON CONFLICT (lease) DO UPDATE
        SET node = EXCLUDED.node, epoch = EXCLUDED.epoch,
            acquired_at = EXCLUDED.acquired_at, expires_at = EXCLUDED.expires_at;
    END IF;

    RETURN QUERY
    SELECT m.lease, m.epoch,
           m.elsewhere AND row_number() OVER (PARTITION BY m.elsewhere ORDER BY m.lease) <= m.mine - v_share
    FROM (
        SELECT l.lease, l.epoch, count(*) OVER () AS mine,
               EXISTS (
                   SELECT FROM aether_nodes AS n
                   WHERE n.node <> p_node AND l.lease = ANY (n.wants)
                     AND n.seen_at + (n.expires_at - n.seen_at) / 2 > v_now
               ) AS elsewhere
        FROM aether_leases AS l
        WHERE l.node = p_node AND l.lease = ANY (p_wants)
    ) AS m;
END
$$;
