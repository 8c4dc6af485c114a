INSERT INTO aether_dead_letters
    (projection, rebuild, position, event_id, event_type, aggregate_id, aggregate_type,
     aggregate_version, slice, state, error, attempts, parked_at)
SELECT $1, $2, *
FROM unnest($3::bigint[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::int[], $9::int[],
            $10::text[], $11::text[], $12::int[], $13::timestamptz[])
ON CONFLICT (projection, rebuild, position) DO UPDATE
SET state = EXCLUDED.state, error = EXCLUDED.error, attempts = EXCLUDED.attempts,
    parked_at = EXCLUDED.parked_at
