MERGE INTO cotes_arene AS t
USING changes(joueur_id uuid, nom text, cote int, combats int, dernier_combat_id uuid, last_event_sequence bigint) AS d
ON t.joueur_id = d.joueur_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    nom = d.nom,
    cote = d.cote,
    combats = d.combats,
    dernier_combat_id = d.dernier_combat_id,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (joueur_id, nom, cote, combats, dernier_combat_id, last_event_sequence)
VALUES (d.joueur_id, d.nom, d.cote, d.combats, d.dernier_combat_id, d.last_event_sequence)
