WITH newest AS (
    SELECT aggregate_version FROM aether_snapshots WHERE aggregate_id = $1
    UNION
    SELECT $3
    ORDER BY 1 DESC
    LIMIT $7
), lowest AS (
    SELECT min(aggregate_version) AS kept FROM newest
), there AS (
    -- the event that it ends with: nothing is kept of a state that the log has lost
    SELECT WHERE $8::uuid IS NULL
        OR EXISTS (SELECT FROM aether_streams
                   WHERE aggregate_id = $1 AND version = $3 AND last_event_of = $3 AND last_event_id = $8)
        OR EXISTS (SELECT FROM aether_events_in(
                       ARRAY(SELECT aether_tables_between(first_event_at, last_event_at)
                             FROM aether_streams WHERE aggregate_id = $1),
                       'WHERE e.aggregate_id = ANY ($2) AND e.aggregate_version = ($1)[1] AND e.event_id = ANY ($3)',
                       TRUE, ARRAY[$3::bigint], ARRAY[$1], ARRAY[$8]))
), saved AS (
    INSERT INTO aether_snapshots
        (aggregate_id, aggregate_type, aggregate_version, state, fingerprint, created_at, last_event_id)
    SELECT $1, $2, $3, $4, $5, $6, $8 FROM lowest, there WHERE $3 >= kept
    ON CONFLICT DO NOTHING
)
DELETE FROM aether_snapshots USING lowest, there
WHERE aggregate_id = $1 AND aggregate_version < kept
