SELECT count(*)
FROM (
    SELECT aggregate_id,
           count(*) AS events,
           count(DISTINCT aggregate_version) AS versions,
           max(aggregate_version) AS newest,
           bool_or(falls) AS falls
    FROM (
        SELECT aggregate_id, aggregate_version,
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
