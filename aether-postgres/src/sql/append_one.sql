-- One record and not a table: see append.sql
SELECT aether_append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
