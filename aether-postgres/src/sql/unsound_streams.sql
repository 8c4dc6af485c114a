-- Streams whose events do not go 1, 2, 3 … up to the version of their head, in rising positions. One
-- statement, hence one snapshot: appends that run meanwhile do no harm.
SELECT aggregate_id,
       coalesce(head.aggregate_type, found.aggregate_type) AS aggregate_type,
       coalesce(head.version, 0) AS head,
       coalesce(found.events, 0) AS events,
       coalesce(found.versions, 0) AS versions,
       coalesce(found.newest, 0) AS newest,
       coalesce(found.falls, FALSE) AS falls,
       coalesce(found.types, 0) > 1 OR found.aggregate_type <> head.aggregate_type AS mixed
FROM (
    SELECT aggregate_id,
           min(aggregate_type) AS aggregate_type,
           count(DISTINCT aggregate_type) AS types,
           count(*) AS events,
           count(DISTINCT aggregate_version) AS versions,
           max(aggregate_version) AS newest,
           bool_or(falls) AS falls
    FROM (
        SELECT aggregate_id, aggregate_type, aggregate_version,
               event_sequence <= lag(event_sequence) OVER (
                   PARTITION BY aggregate_id ORDER BY aggregate_version
               ) AS falls
        FROM aether_log
    ) AS placed
    GROUP BY aggregate_id
) AS found
FULL JOIN aether_streams AS head USING (aggregate_id)
WHERE coalesce(found.events, 0) IS DISTINCT FROM head.version
   OR coalesce(found.versions, 0) <> head.version
   OR coalesce(found.newest, 0) <> head.version
   OR found.falls
   OR found.types > 1
   OR found.aggregate_type <> head.aggregate_type
ORDER BY aggregate_id
LIMIT $1
