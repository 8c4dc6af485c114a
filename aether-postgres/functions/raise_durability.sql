-- Lets the commit of this transaction wait for the disk where the role has switched that off. What is stronger stays.
CREATE OR REPLACE FUNCTION aether_raise_durability() RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END
$$;
