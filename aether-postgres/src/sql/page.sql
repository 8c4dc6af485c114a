-- A page of the log below the horizon, from partitions by name, and whether there may be events in others: that the
-- map of months tells, for buckets that it may not have known in full when the names were looked up.
SELECT {columns}, (SELECT aether_incarnation()), map.missing
FROM (
    SELECT EXISTS (
        SELECT FROM aether_months AS m
        WHERE m.bucket BETWEEN $4 AND $5
          AND CASE
              WHEN m.month = 'infinity' THEN NOT $7
              ELSE 'evenements_' || to_char(m.month AT TIME ZONE 'UTC', 'YYYY_MM') <> ALL ($6)
                  AND EXISTS (
                      SELECT FROM pg_class AS c
                      WHERE c.relname = 'evenements_' || to_char(m.month AT TIME ZONE 'UTC', 'YYYY_MM')
                        AND c.relispartition
                        AND c.relnamespace = (
                            SELECT relnamespace FROM pg_class WHERE oid = 'evenements'::regclass
                        )
                  )
          END
    ) AS missing
) AS map
LEFT JOIN LATERAL (
    SELECT *
    FROM (
        SELECT {columns}, e.slice FROM evenements_archive AS e
        UNION ALL SELECT {columns}, e.slice FROM evenements_default AS e{months}
    ) AS e
    WHERE e.event_sequence > $1 AND e.event_sequence <= $2{conditions}
    ORDER BY e.event_sequence
    LIMIT $3
) AS e ON TRUE
