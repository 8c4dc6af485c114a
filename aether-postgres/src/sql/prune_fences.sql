SELECT last_name, forgotten FROM aether_prune_fences($1, $2, $3)
