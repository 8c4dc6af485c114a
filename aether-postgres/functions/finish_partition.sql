-- What a partition has of its own: unique indexes as a second net, and the guard against TRUNCATE.
CREATE OR REPLACE FUNCTION aether_finish_partition(p_name TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE UNIQUE INDEX ON %I (event_sequence)', p_name);
    EXECUTE format('CREATE UNIQUE INDEX ON %I (aggregate_id, aggregate_version)', p_name);
    EXECUTE format(
        'CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I
         FOR EACH STATEMENT EXECUTE FUNCTION aether_refuse_change()', p_name);
END
$$;
