-- The events table once more, without anything around it: for the bare COPY.
CREATE SEQUENCE twin_sequence;
CREATE TABLE twin (LIKE evenements INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (timestamp);
ALTER TABLE twin ALTER COLUMN event_sequence SET DEFAULT nextval('twin_sequence');
CREATE INDEX ON twin (event_type, event_sequence);
CREATE INDEX ON twin USING brin (timestamp);
CREATE INDEX ON twin ((metadata->>'correlationId')) WHERE (metadata->>'correlationId') IS NOT NULL;
CREATE INDEX ON twin ((metadata->>'causationId')) WHERE (metadata->>'causationId') IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON twin
    FOR EACH ROW EXECUTE FUNCTION aether_refuse_change();

-- A partition for every one that the events table has.
DO $$
DECLARE
    v_part RECORD;
BEGIN
    FOR v_part IN
        SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bound
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'evenements'::regclass
    LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF twin %s', 'twin_' || v_part.relname, v_part.bound);
        EXECUTE format('CREATE UNIQUE INDEX ON %I (event_sequence)', 'twin_' || v_part.relname);
        EXECUTE format(
            'CREATE UNIQUE INDEX ON %I (aggregate_id, aggregate_version)', 'twin_' || v_part.relname);
    END LOOP;
END
$$;
