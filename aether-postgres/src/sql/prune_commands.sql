SELECT last_id, forgotten FROM aether_prune_commands($1, $2, $3)
