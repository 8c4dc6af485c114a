DELETE FROM snapshots
USING (
    SELECT snapshot_id,
           row_number() OVER (PARTITION BY aggregate_id ORDER BY aggregate_version DESC) AS place
    FROM snapshots
) AS placed
WHERE snapshots.snapshot_id = placed.snapshot_id AND placed.place > $1
