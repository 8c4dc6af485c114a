WITH anciennes AS (
    SELECT t.transaction_id
    FROM transactions_economie AS t
    WHERE t.executee_a < $1 AND t.reglee_a IS NOT NULL
    ORDER BY t.executee_a
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), transactions AS (
    DELETE FROM transactions_economie AS t USING anciennes
    WHERE t.transaction_id = anciennes.transaction_id
    RETURNING t.*
)
INSERT INTO transactions_economie_archive AS a
SELECT * FROM transactions
ON CONFLICT (transaction_id) DO UPDATE SET executee_a = a.executee_a
