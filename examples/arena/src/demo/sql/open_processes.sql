-- Processes that are open once nobody plays any more: combats and trades that have not ended, and of all kinds
-- those with a command that is not settled or a timer that is due. Those of players, bosses and the world live on.
SELECT count(*)
FROM aether_processes AS p
WHERE p.ended_at IS NULL
  AND (p.manager IN ('combat_lifecycle', 'transaction_marche')
       OR EXISTS (SELECT FROM aether_outbox AS o
                  WHERE o.manager = p.manager AND o.process_id = p.process_id)
       OR EXISTS (SELECT FROM aether_timers AS t
                  WHERE t.manager = p.manager AND t.process_id = p.process_id AND t.due_at <= now()))
