-- As append_one.sql, which comes first: it makes the row of the command.
SELECT answer, aether_keep_fingerprints(ARRAY[$8::uuid], ARRAY[$16::uuid], '{}')
FROM (SELECT aether_append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS answer
      OFFSET 0) AS stored
