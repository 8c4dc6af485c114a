DELETE FROM aether_processes AS p
USING (
    SELECT e.process_id FROM aether_processes AS e
    WHERE e.manager = $1 AND e.ended_at < $2
      AND NOT EXISTS (
          SELECT FROM aether_outbox AS o
          WHERE o.manager = e.manager AND o.process_id = e.process_id
      )
    ORDER BY e.process_id
    LIMIT $3
    -- a holder of one is just hearing a late event of it
    FOR UPDATE SKIP LOCKED
) AS ended
WHERE p.manager = $1 AND p.process_id = ended.process_id
