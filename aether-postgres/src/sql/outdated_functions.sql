-- Which of these functions are to be written now, and remembers that they were.
WITH ours AS (
    SELECT u.name, hashtextextended(u.text, 0) AS digest, u.place
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(name, text, place)
), written AS (
    INSERT INTO aether_functions AS f (name, release, digest)
    SELECT name, $3, digest FROM ours
    ON CONFLICT (name) DO UPDATE SET release = excluded.release, digest = excluded.digest
    WHERE f.release <= excluded.release
      AND (f.release, f.digest) IS DISTINCT FROM (excluded.release, excluded.digest)
    RETURNING name
)
SELECT ours.place FROM ours JOIN written USING (name) ORDER BY ours.place
