MERGE INTO inventaires AS t
USING changes(
    inventaire_id uuid, joueur_id uuid, capacite int, poids_actuel int, poids_max int, slots_utilises int, extensions jsonb,
    last_event_sequence bigint) AS d
ON t.inventaire_id = d.inventaire_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    capacite = coalesce(d.capacite, t.capacite),
    poids_actuel = coalesce(d.poids_actuel, t.poids_actuel),
    poids_max = coalesce(d.poids_max, t.poids_max),
    slots_utilises = coalesce(d.slots_utilises, t.slots_utilises),
    extensions = coalesce(d.extensions, t.extensions),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    inventaire_id, joueur_id, capacite, poids_actuel, poids_max, slots_utilises, extensions, last_event_sequence)
VALUES (
    d.inventaire_id, d.joueur_id, d.capacite, d.poids_actuel, d.poids_max, d.slots_utilises, d.extensions,
    d.last_event_sequence)
