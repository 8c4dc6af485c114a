MERGE INTO colis_economie AS t
USING changes(
    colis_id uuid, joueur_id uuid, item_id uuid, type_contenu text, quantite int, raison text, transaction_id uuid, ordre_id uuid,
    depose_a timestamptz, event_sequence bigint, last_event_sequence bigint) AS d
ON t.colis_id = d.colis_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence AND d.quantite = 0 THEN DELETE
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    quantite = d.quantite,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
-- what was put down and emptied in one batch was never there
WHEN NOT MATCHED AND (d.quantite > 0 OR d.joueur_id IS NULL) THEN INSERT (
    colis_id, joueur_id, item_id, type_contenu, quantite, raison, transaction_id, ordre_id, depose_a, event_sequence,
    last_event_sequence)
VALUES (
    d.colis_id, d.joueur_id, d.item_id, d.type_contenu, d.quantite, d.raison, d.transaction_id, d.ordre_id, d.depose_a,
    d.event_sequence, d.last_event_sequence)
