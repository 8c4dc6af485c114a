-- What the projections write. No key on effects: a second effect of an event is to be seen, not refused.
CREATE TABLE effects (
    -- in the order in which they were written
    written    BIGSERIAL   NOT NULL,
    projection TEXT        NOT NULL,
    position   BIGINT      NOT NULL,
    aggregate  UUID        NOT NULL,
    at         TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE folds (
    projection TEXT   NOT NULL,
    aggregate  UUID   NOT NULL,
    events     BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    chain      BIGINT NOT NULL,
    PRIMARY KEY (projection, aggregate)
) WITH (fillfactor = 50);

-- Every change of hands of a lease; node is NULL where it was given back.
CREATE TABLE handovers (
    lease TEXT        NOT NULL,
    node  TEXT,
    at    TIMESTAMPTZ NOT NULL
);

CREATE FUNCTION note_handover() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.node IS NULL OR NEW.epoch <> OLD.epoch THEN
        INSERT INTO handovers (lease, node, at)
        VALUES (
            NEW.lease,
            (SELECT n.name FROM aether_nodes AS n WHERE n.node = NEW.node),
            CASE WHEN NEW.node IS NULL THEN clock_timestamp() ELSE NEW.acquired_at END
        );
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_handover AFTER INSERT OR UPDATE ON aether_leases
    FOR EACH ROW EXECUTE FUNCTION note_handover();
