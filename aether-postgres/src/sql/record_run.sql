INSERT INTO aether_jobs AS j (job, started_at, finished_at, outcome, error, runs, failures)
VALUES ($1, $2, $3, $4, $5, ($3 IS NOT NULL)::int, ($3 IS NOT NULL AND $5 IS NOT NULL)::int)
ON CONFLICT (job) DO UPDATE
SET started_at = $2, finished_at = $3, outcome = $4, error = $5,
    runs = j.runs + ($3 IS NOT NULL)::int,
    failures = j.failures + ($3 IS NOT NULL AND $5 IS NOT NULL)::int
