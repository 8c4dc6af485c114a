MERGE INTO items_inventaire AS t
USING (
    SELECT d.*
    FROM changes(
        slot_id uuid, inventaire_id uuid, joueur_id uuid, item_id uuid, quantite int, type_slot text, position_slot int,
        est_equipe boolean, proprietes_instance jsonb, obtenu_a timestamptz, event_sequence bigint,
        last_event_sequence bigint) AS d
    LEFT JOIN inventaires AS i ON i.inventaire_id = d.inventaire_id
    WHERE i.last_event_sequence IS NULL OR i.last_event_sequence < d.last_event_sequence
) AS d
ON t.slot_id = d.slot_id
WHEN MATCHED AND d.quantite = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET
    quantite = coalesce(d.quantite, t.quantite),
    position_slot = coalesce(d.position_slot, t.position_slot),
    est_equipe = coalesce(d.est_equipe, t.est_equipe),
    proprietes_instance = coalesce(d.proprietes_instance, t.proprietes_instance),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
-- but for a slot that began and was emptied in this batch; a change of one that is not there has no event_sequence, and fails
WHEN NOT MATCHED AND (d.quantite <> 0 OR d.event_sequence IS NULL) THEN INSERT (
    slot_id, inventaire_id, joueur_id, item_id, quantite, type_slot, position_slot, est_equipe, proprietes_instance, obtenu_a,
    event_sequence, last_event_sequence)
VALUES (
    d.slot_id, d.inventaire_id, d.joueur_id, d.item_id, d.quantite, d.type_slot, d.position_slot, d.est_equipe,
    d.proprietes_instance, d.obtenu_a, d.event_sequence, d.last_event_sequence)
