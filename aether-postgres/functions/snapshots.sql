-- The snapshots under a name that no table of somebody else has by chance: a temporary one would come first.
CREATE OR REPLACE VIEW aether_snapshots AS
SELECT snapshot_id, aggregate_id, aggregate_type, aggregate_version, state, created_at, fingerprint, last_event_id
FROM snapshots;
