-- Rows of a shadow table that the live one does not have, and the other way round: how many rows there are, how many differ,
-- and some of these in words. $1: columns left out. $2: what tells rows apart; empty: all of a row. $3: how many in words.
WITH expected AS (SELECT to_jsonb(t) - $1::text[] AS content FROM {shadow} AS t),
     found AS (SELECT to_jsonb(t) - $1::text[] AS content FROM {live} AS t),
     missing AS (TABLE expected EXCEPT ALL TABLE found),
     surplus AS (TABLE found EXCEPT ALL TABLE expected),
     says AS (
         SELECT content, coalesce((SELECT jsonb_agg(content -> k) FROM unnest($2::text[]) AS k), content) AS key
         FROM missing),
     has AS (
         SELECT content, coalesce((SELECT jsonb_agg(content -> k) FROM unnest($2::text[]) AS k), content) AS key
         FROM surplus),
     differing AS (
         SELECT CASE
                    WHEN has.content IS NULL THEN says.content::text || ' is missing'
                    WHEN says.content IS NULL THEN has.content::text || ' is there, and no event says so'
                    ELSE has.content::text || ' is there, the events say ' || says.content::text
                END AS difference
         FROM says FULL JOIN has ON has.key = says.key)
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM differing),
       ARRAY(SELECT difference FROM differing ORDER BY 1 LIMIT $3)
