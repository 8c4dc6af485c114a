UPDATE arena_mots_de_passe SET hash = $3, updated_at = now()
WHERE compte_id = $1 AND hash = $2
