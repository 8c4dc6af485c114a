DELETE FROM aether_snapshots
USING (
    SELECT snapshot_id,
           row_number() OVER (PARTITION BY aggregate_id ORDER BY aggregate_version DESC) AS place
    FROM aether_snapshots
) AS placed
WHERE aether_snapshots.snapshot_id = placed.snapshot_id AND placed.place > $1
