-- Whether the writer of a batch was told that it is not stored. Each call looks anew: under the lock of the batch the
-- answer stays.
CREATE OR REPLACE FUNCTION aether_is_given_up(p_batch INTEGER) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM aether_given_up WHERE batch = p_batch);
END
$$;
