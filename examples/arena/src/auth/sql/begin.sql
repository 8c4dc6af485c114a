INSERT INTO arena_mots_de_passe (compte_id, hash) VALUES ($1, $2)
ON CONFLICT (compte_id) DO NOTHING
