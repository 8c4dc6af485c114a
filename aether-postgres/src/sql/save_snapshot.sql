WITH newest AS (
    SELECT aggregate_version FROM snapshots WHERE aggregate_id = $1
    UNION
    SELECT $3
    ORDER BY 1 DESC
    LIMIT $7
), lowest AS (
    SELECT min(aggregate_version) AS kept FROM newest
), saved AS (
    INSERT INTO snapshots
        (aggregate_id, aggregate_type, aggregate_version, state, fingerprint, created_at)
    SELECT $1, $2, $3, $4, $5, $6 FROM lowest WHERE $3 >= kept
    ON CONFLICT DO NOTHING
)
DELETE FROM snapshots USING lowest
WHERE aggregate_id = $1 AND aggregate_version < kept
