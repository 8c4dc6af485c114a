-- Gives this life of the log a name, unless it has one.
CREATE OR REPLACE FUNCTION aether_begin_incarnation() RETURNS VOID LANGUAGE sql VOLATILE
SECURITY DEFINER -- readers are often the first to ask
AS $$
    INSERT INTO aether_incarnation AS i (id, started, file)
    VALUES (gen_random_uuid(), pg_postmaster_start_time(), pg_relation_filepath('aether_incarnation'))
    ON CONFLICT (only_row) DO UPDATE
    SET id = excluded.id, started = excluded.started, file = excluded.file
    WHERE i.started <> excluded.started OR i.file <> excluded.file
$$;
