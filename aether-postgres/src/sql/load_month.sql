    UNION ALL
    (SELECT {columns} FROM {month} AS e
     WHERE h.first_event_at < '{end}' AND h.last_event_at >= '{start}'
       AND e.aggregate_id = h.aggregate_id
       AND e.aggregate_version > coalesce(s.aggregate_version, h.after) AND e.aggregate_version <= h.until
     ORDER BY e.aggregate_version)
