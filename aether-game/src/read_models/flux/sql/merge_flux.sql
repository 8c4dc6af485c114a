MERGE INTO flux_livre AS t
USING changes(
    item_id uuid, raison text, quantite bigint, first_event_sequence bigint, last_event_sequence bigint) AS d
ON t.item_id = d.item_id AND t.raison = d.raison
WHEN MATCHED AND t.last_event_sequence < d.first_event_sequence THEN UPDATE SET
    quantite = t.quantite + d.quantite,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (item_id, raison, quantite, last_event_sequence)
VALUES (d.item_id, d.raison, d.quantite, d.last_event_sequence)
