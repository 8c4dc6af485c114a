-- Has the server flush its write-ahead log: a commit that must wait for the disk, and changes nothing.
CREATE OR REPLACE FUNCTION aether_flush() RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'local', true), pg_logical_emit_message(true, 'aether', '');
END
$$;
