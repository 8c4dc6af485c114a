-- The histories of some aggregates, as far as they are in recent months, in the DEFAULT partition or in the archive:
-- for each a snapshot if one fits (a row without event_sequence, its state as payload), and the events after it; one
-- row of nulls if there is neither; none if the aggregate has no events at all.
--
-- Whether something is missing, the versions tell. How many aggregates there are is not known when this is planned,
-- on purpose: one plan suits all numbers.
SELECT r.request, h.aggregate_type, h.version, h.first_event_at, h.last_event_at, found.*
FROM generate_series(1, 64) AS r(request)
CROSS JOIN LATERAL (
    SELECT s.aggregate_id, s.aggregate_type, s.version, s.first_event_at, s.last_event_at, s.archived,
           ($2::int[])[r.request] AS after,
           coalesce(($3::int[])[r.request], s.version) AS until
    FROM aether_streams AS s
    WHERE s.aggregate_id = ($1::uuid[])[r.request] AND s.version > 0
    OFFSET 0
) AS h
LEFT JOIN LATERAL (
    SELECT s.snapshot_id, s.aggregate_version, s.state, s.created_at, s.last_event_id
    FROM aether_snapshots AS s
    WHERE s.aggregate_id = h.aggregate_id AND s.fingerprint = ($4::bigint[])[r.request]
      AND s.aggregate_version > h.after AND s.aggregate_version <= least(h.until, h.version)
    ORDER BY s.aggregate_version DESC
    LIMIT 1
) AS s ON TRUE
LEFT JOIN LATERAL (
    SELECT NULL::bigint, s.snapshot_id, coalesce(s.last_event_id::text, '')::varchar, s.aggregate_version, s.state, '{}'::jsonb,
           s.created_at, s.created_at, 0::smallint
    WHERE s.snapshot_id IS NOT NULL
    UNION ALL
    (SELECT {columns} FROM evenements_archive AS e
     WHERE h.archived AND e.aggregate_id = h.aggregate_id
       AND e.aggregate_version > coalesce(s.aggregate_version, h.after) AND e.aggregate_version <= h.until
     ORDER BY e.aggregate_version)
    UNION ALL
    (SELECT {columns} FROM evenements_default AS e
     WHERE e.aggregate_id = h.aggregate_id
       AND e.aggregate_version > coalesce(s.aggregate_version, h.after) AND e.aggregate_version <= h.until
     ORDER BY e.aggregate_version)
{months}
) AS found ON TRUE
WHERE r.request <= cardinality($1)
