-- Keeps the fingerprints of commands beside their ids, in the transaction that has just stored the commands. In a call of its
-- own, so that an append whose commands have none knows nothing of it.
CREATE OR REPLACE FUNCTION aether_keep_fingerprints(
    p_commands     UUID[],
    p_fingerprints UUID[],    -- NULL for a command without one; NULL as a whole if no command has one
    p_verdicts     SMALLINT[] -- of aether_append_locking(), per command; empty: what is there was stored just now
) RETURNS VOID
LANGUAGE plpgsql VOLATILE STRICT
-- as aether_append()
SET plan_cache_mode = force_generic_plan
SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    UPDATE aether_commands AS c SET fingerprint = u.fingerprint
    FROM unnest(p_commands, p_fingerprints) WITH ORDINALITY AS u(id, fingerprint, i)
    WHERE c.command_id = u.id AND u.fingerprint IS NOT NULL AND coalesce(p_verdicts[u.i], 0) = 0;
END
$$;
