-- The tables of the event store. Column names of `evenements`, `evenements_archive` and `snapshots`
-- are those of the Aether model; everything that only the library uses is called aether_*.

CREATE SEQUENCE aether_event_sequence AS BIGINT;

-- Append-only. Readers trust event_sequence only up to aether_horizon(). Names are ASCII and compared
-- byte by byte.
CREATE TABLE evenements (
    event_sequence    BIGINT       NOT NULL DEFAULT nextval('aether_event_sequence'),
    event_id          UUID         NOT NULL,
    event_type        VARCHAR(100) COLLATE "C" NOT NULL,
    aggregate_id      UUID         NOT NULL,
    aggregate_type    VARCHAR(50)  COLLATE "C" NOT NULL,
    aggregate_version INTEGER      NOT NULL,
    payload           JSONB        NOT NULL,
    metadata          JSONB        NOT NULL DEFAULT '{}',
    timestamp         TIMESTAMPTZ  NOT NULL,
    created_at        TIMESTAMPTZ  NOT NULL DEFAULT clock_timestamp(),
    schema_version    SMALLINT     NOT NULL DEFAULT 1,
    slice             SMALLINT     NOT NULL DEFAULT 0
) PARTITION BY RANGE (timestamp);

-- Inherited by every partition. Correlation and causation are only ever looked up, never sorted by: a
-- hash is half the work of a tree to keep. The unique ones, by sequence and by (aggregate, version), can not
-- stand here without the partition key: aether_ensure_partition makes them for each partition.
CREATE INDEX evenements_type ON evenements (event_type, event_sequence);
CREATE INDEX evenements_time ON evenements USING brin (timestamp);
CREATE INDEX evenements_correlation ON evenements USING hash ((metadata->>'correlationId'))
    WHERE (metadata->>'correlationId') IS NOT NULL;
CREATE INDEX evenements_causation ON evenements USING hash ((metadata->>'causationId'))
    WHERE (metadata->>'causationId') IS NOT NULL;

-- Same columns in the same order, so that rows move with INSERT … SELECT *.
CREATE TABLE evenements_archive (
    event_sequence    BIGINT       NOT NULL,
    event_id          UUID         NOT NULL,
    event_type        VARCHAR(100) COLLATE "C" NOT NULL,
    aggregate_id      UUID         NOT NULL,
    aggregate_type    VARCHAR(50)  COLLATE "C" NOT NULL,
    aggregate_version INTEGER      NOT NULL,
    payload           JSONB        NOT NULL,
    metadata          JSONB        NOT NULL DEFAULT '{}',
    timestamp         TIMESTAMPTZ  NOT NULL,
    created_at        TIMESTAMPTZ  NOT NULL DEFAULT clock_timestamp(),
    schema_version    SMALLINT     NOT NULL DEFAULT 1,
    slice             SMALLINT     NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX evenements_archive_sequence ON evenements_archive (event_sequence);
CREATE UNIQUE INDEX evenements_archive_version
    ON evenements_archive (aggregate_id, aggregate_version);
CREATE INDEX evenements_archive_type ON evenements_archive (event_type, event_sequence);
CREATE INDEX evenements_archive_time ON evenements_archive USING brin (timestamp);
CREATE INDEX evenements_archive_correlation ON evenements_archive USING hash ((metadata->>'correlationId'))
    WHERE (metadata->>'correlationId') IS NOT NULL;
CREATE INDEX evenements_archive_causation ON evenements_archive USING hash ((metadata->>'causationId'))
    WHERE (metadata->>'causationId') IS NOT NULL;

-- One row per aggregate: the truth about its type and version. An append locks it.
CREATE TABLE aether_streams (
    aggregate_id   UUID        PRIMARY KEY,
    aggregate_type VARCHAR(50) COLLATE "C" NOT NULL,
    version        INTEGER     NOT NULL,
    -- the span of its events' timestamps: prunes partitions on load
    first_event_at TIMESTAMPTZ NOT NULL DEFAULT 'infinity',
    last_event_at  TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
    -- whether some of its events are in evenements_archive
    archived       BOOLEAN     NOT NULL DEFAULT FALSE
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

-- The first result of each idempotent command.
CREATE TABLE aether_commands (
    command_id      UUID        PRIMARY KEY,
    aggregate_ids   UUID[]      NOT NULL DEFAULT '{}',
    aggregate_types TEXT[]      NOT NULL DEFAULT '{}',
    versions        INTEGER[]   NOT NULL DEFAULT '{}',
    event_counts    INTEGER[]   NOT NULL DEFAULT '{}',
    positions       BIGINT[]    NOT NULL DEFAULT '{}',
    created_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80);

-- Batches whose writer lost the connection and asked what had become of them. One that reaches the
-- server only then must not be stored any more: its writer has sent it again. Forgotten after an hour.
CREATE TABLE aether_given_up (
    batch       INTEGER     PRIMARY KEY,
    given_up_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE snapshots (
    snapshot_id       UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
    aggregate_id      UUID        NOT NULL,
    aggregate_type    VARCHAR(50) NOT NULL,
    aggregate_version INTEGER     NOT NULL,
    state             JSONB       NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    fingerprint       BIGINT      NOT NULL DEFAULT 0,
    UNIQUE (aggregate_id, aggregate_version, fingerprint)
);

-- How far each projection has come, and whose turn it is to write.
CREATE TABLE aether_checkpoints (
    projection TEXT        PRIMARY KEY,
    position   BIGINT      NOT NULL DEFAULT 0,
    epoch      BIGINT      NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- One row, written by the primary after its commits. Replicas see no locks of the primary: their
-- readers trust this row, since replay is in commit order.
CREATE TABLE aether_beacon (
    only_row BOOLEAN     PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    position BIGINT      NOT NULL DEFAULT 0,
    lit_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
INSERT INTO aether_beacon DEFAULT VALUES;
