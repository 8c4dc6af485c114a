-- One heartbeat of a node: gives back, renews, takes its fair share of what is free, and says what it
-- holds. Beats go one after another; each takes about a millisecond.
CREATE OR REPLACE FUNCTION aether_beat(
    p_node UUID, p_name TEXT, p_wants TEXT[], p_releases TEXT[], p_ttl INTERVAL
) RETURNS TABLE (held_lease TEXT, held_epoch BIGINT, surplus BOOLEAN)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_now TIMESTAMPTZ;
    v_nodes INTEGER;
    v_share INTEGER;
    v_held INTEGER;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM aether_refuse_isolation();
    END IF;
    -- a caller that is paused between the statements of its transaction must not hold up the others
    PERFORM set_config('idle_in_transaction_session_timeout', '2s', true),
            pg_advisory_xact_lock(aether_lock_space() # 2, 0);
    -- A crash must not take back an epoch that a node has heard of: it would be given out again. A sequence is as
    -- durable as the commit after it. What waits for more than the disk stays so.
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    v_now := clock_timestamp();

    -- Beats go one after another, so that none was seen after now, unless the clock has been set back: by hand, or by
    -- a new primary. A node that was heard of by the old clock counts as heard of now, and must beat again in time.
    UPDATE aether_nodes AS n SET seen_at = v_now, expires_at = v_now + (n.expires_at - n.seen_at)
    WHERE n.seen_at > v_now;

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
            -- a lease ends with its node at the latest, also one of a clock that has been set back
            LEFT JOIN aether_nodes AS h ON h.node = o.node
            WHERE h.node IS NULL OR o.expires_at <= v_now OR h.expires_at <= v_now
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
