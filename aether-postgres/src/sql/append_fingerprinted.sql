-- As append.sql, which comes first: it makes the rows of the commands.
SELECT answer, aether_keep_fingerprints($10, $30, '{}')
FROM (SELECT aether_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                           $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) AS answer
      OFFSET 0) AS stored
