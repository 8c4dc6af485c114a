-- Which months the positions of the log belong to, so that a reader names those partitions instead of opening all of
-- them: see docs/adr/0015-months-of-positions.md.

-- A bucket is 1024 positions. A row says that it may hold events of a month, which begins at that time (UTC);
-- 'infinity' says that they may be of any. Rows are never removed, and two may say the same: a unique index would make
-- one append wait for another.
CREATE TABLE aether_months (
    bucket BIGINT      NOT NULL,
    month  TIMESTAMPTZ NOT NULL
);
CREATE INDEX aether_months_bucket ON aether_months (bucket, month);

-- Positions are drawn by those who write the rows of this table too. An older program's import, which relies on the
-- default, is refused instead of being missed by readers.
DO $$
DECLARE
    v_horizon BIGINT;
    v_last    BIGINT;
BEGIN
    -- most of the log before anybody has to wait
    SELECT horizon INTO v_horizon FROM aether_horizon();
    INSERT INTO aether_months (bucket, month)
    SELECT DISTINCT event_sequence >> 10, date_trunc('month', greatest(timestamp, '4713-01-01 00:00:00+00 BC'), 'UTC') FROM aether_log;

    -- from here on no append runs, but for those that wait for this lock with an older function
    ALTER TABLE ONLY evenements ALTER COLUMN event_sequence DROP DEFAULT;
    INSERT INTO aether_months (bucket, month)
    SELECT DISTINCT event_sequence >> 10, date_trunc('month', greatest(timestamp, '4713-01-01 00:00:00+00 BC'), 'UTC') FROM aether_log
    WHERE event_sequence > v_horizon;

    -- In a database that is not new, those can be of any month: some ten thousand positions are more than they draw.
    IF (SELECT age(xmin) > 0 FROM aether_beacon) THEN
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_last FROM aether_event_sequence;
        INSERT INTO aether_months (bucket, month)
        SELECT b, 'infinity' FROM generate_series(v_horizon >> 10, (v_last >> 10) + 64) AS b;
    END IF;
END
$$;
