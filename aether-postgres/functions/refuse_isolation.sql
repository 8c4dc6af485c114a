-- Raises AES01: the function that asks for this sees what others commit while it waits, which no other isolation level
-- lets it. The default of a role or a database may be another one.
CREATE OR REPLACE FUNCTION aether_refuse_isolation() RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this function runs under READ COMMITTED only, and this transaction is %',
            upper(current_setting('transaction_isolation'))
        USING ERRCODE = 'AES01', HINT = 'begin the transaction with BEGIN ISOLATION LEVEL READ COMMITTED';
END
$$;
