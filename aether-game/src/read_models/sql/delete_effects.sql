DELETE FROM effets_statut WHERE effet_id = ANY($1) OR combat_id = ANY($2)
