UPDATE effets_statut AS e SET
    duree_tours_restants = d.duree_tours_restants,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
FROM unnest($1::uuid[], $2::int[], $3::bigint[])
     AS d(effet_id, duree_tours_restants, last_event_sequence)
WHERE e.effet_id = d.effet_id AND e.last_event_sequence < d.last_event_sequence
