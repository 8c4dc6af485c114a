SELECT aether_fence($1, $2)
