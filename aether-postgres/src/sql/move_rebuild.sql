-- The second column: whether the transaction is still the one that was begun for this step.
SELECT aether_rebuild_move($1, $2, $3, $4, $5, $6),
       coalesce(current_setting('aether.step', true) = 'open', false)
WHERE $7::uuid IS NULL OR $7 = aether_incarnation()
