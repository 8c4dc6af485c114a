MERGE INTO prix_marche AS t
USING changes(
    prix_id uuid, item_id uuid, dernier_prix int, derniere_transaction timestamptz, last_event_sequence bigint) AS d
ON t.item_id = d.item_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    dernier_prix = d.dernier_prix,
    derniere_transaction = d.derniere_transaction,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (prix_id, item_id, dernier_prix, derniere_transaction, last_event_sequence)
VALUES (d.prix_id, d.item_id, d.dernier_prix, d.derniere_transaction, d.last_event_sequence)
