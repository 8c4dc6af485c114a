MERGE INTO combats_cotes AS t
USING changes(combat_id uuid, joueurs jsonb, last_event_sequence bigint, fini boolean) AS d
ON t.combat_id = d.combat_id
WHEN MATCHED AND d.fini THEN DELETE
WHEN NOT MATCHED AND NOT d.fini THEN INSERT (combat_id, joueurs, last_event_sequence)
VALUES (d.combat_id, d.joueurs, d.last_event_sequence)
