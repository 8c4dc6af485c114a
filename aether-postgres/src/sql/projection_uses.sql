-- Why a projection cannot be forgotten, in words; NULL if it can.
SELECT coalesce(
    (
        SELECT format('%s runs it; stop that first', string_agg(n.name, ', ' ORDER BY n.name))
        FROM aether_nodes AS n
        WHERE n.expires_at > clock_timestamp()
          AND EXISTS (
              SELECT FROM unnest(n.wants) AS w (lease)
              WHERE starts_with(w.lease, 'projection/' || $1 || '/') OR w.lease = 'process/' || $1
              UNION ALL
              SELECT FROM aether_leases AS l
              WHERE l.node = n.node AND l.expires_at > clock_timestamp()
                AND starts_with(l.lease, 'projection/' || $1 || '/')
          )
        HAVING count(*) > 0
    ),
    (
        SELECT 'a rebuild of it was begun; finish or discard that first'
        FROM aether_rebuilds AS r WHERE r.projection = $1
    ),
    (
        SELECT format('it is a process manager with %s commands and timers that are not settled', count(*))
        FROM (
            SELECT FROM aether_outbox AS o WHERE o.manager = $1
            UNION ALL
            SELECT FROM aether_timers AS t WHERE t.manager = $1
        ) AS open
        HAVING count(*) > 0
    )
)
