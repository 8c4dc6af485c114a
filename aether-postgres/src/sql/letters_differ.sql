-- Whether the live read models and the rebuilt ones disagree about which aggregates wait behind a failed event.
SELECT EXISTS (
    SELECT FROM (
        SELECT projection, aggregate_id, bool_or(rebuild) AS rebuilt, bool_or(NOT rebuild) AS live
        FROM aether_dead_letters
        WHERE projection = ANY ($1) AND state <> 'skipped'
        GROUP BY projection, aggregate_id
    ) AS waiting
    WHERE rebuilt <> live
)
