MERGE INTO pieces_equipement AS t
USING changes(
    equipement_id uuid, joueur_id uuid, item_id uuid, famille text, durabilite int, durabilite_max int,
    niveau_amelioration int, enchantements jsonb, attaque int, defense int, stats jsonb, ensemble text, detruit boolean,
    last_event_sequence bigint) AS d
ON t.equipement_id = d.equipement_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    joueur_id = coalesce(d.joueur_id, t.joueur_id),
    durabilite = coalesce(d.durabilite, t.durabilite),
    niveau_amelioration = coalesce(d.niveau_amelioration, t.niveau_amelioration),
    enchantements = coalesce(d.enchantements, t.enchantements),
    attaque = coalesce(d.attaque, t.attaque),
    defense = coalesce(d.defense, t.defense),
    detruit = coalesce(d.detruit, t.detruit),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    equipement_id, joueur_id, item_id, famille, durabilite, durabilite_max, niveau_amelioration, enchantements, attaque,
    defense, stats, ensemble, detruit, last_event_sequence)
VALUES (
    d.equipement_id, d.joueur_id, d.item_id, d.famille, d.durabilite, d.durabilite_max, d.niveau_amelioration,
    d.enchantements, d.attaque, d.defense, d.stats, d.ensemble, d.detruit, d.last_event_sequence)
