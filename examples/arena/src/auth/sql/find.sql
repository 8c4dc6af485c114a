SELECT hash FROM arena_mots_de_passe WHERE compte_id = $1
