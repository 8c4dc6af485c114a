-- Bags, and what lies in them.

CREATE TABLE inventaires (
    inventaire_id       UUID PRIMARY KEY,
    joueur_id           UUID        NOT NULL UNIQUE,
    capacite            INTEGER     NOT NULL DEFAULT 50 CHECK (capacite >= 1),
    poids_actuel        INTEGER     NOT NULL,
    poids_max           INTEGER     NOT NULL DEFAULT 1000,
    slots_utilises      INTEGER     NOT NULL,
    extensions          JSONB       NOT NULL,
    last_event_sequence BIGINT      NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (poids_actuel BETWEEN 0 AND poids_max),
    CHECK (slots_utilises BETWEEN 0 AND capacite)
) WITH (fillfactor = 80);

CREATE TABLE items_inventaire (
    slot_id             UUID PRIMARY KEY,
    inventaire_id       UUID        NOT NULL,
    joueur_id           UUID        NOT NULL,
    item_id             UUID        NOT NULL,
    quantite            INTEGER     NOT NULL CHECK (quantite > 0),
    type_slot           VARCHAR(20) NOT NULL
        CHECK (type_slot IN ('GENERAL', 'EQUIPEMENT', 'CONSOMMABLE', 'MATERIAU', 'QUETE')),
    position_slot       INTEGER     NOT NULL CHECK (position_slot >= 0),
    est_equipe          BOOLEAN     NOT NULL,
    -- of a piece that was ever worn: {"equipementId": which, "port": {where and how strong, while it is worn}}
    proprietes_instance JSONB       NOT NULL,
    obtenu_a            TIMESTAMPTZ NOT NULL,
    event_sequence      BIGINT      NOT NULL,
    last_event_sequence BIGINT      NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Checked when a statement ends. Slots change places in a circle, and a slot takes the place of one that the same
    -- statement deletes: no order of single rows gets there without two of them in one place.
    CONSTRAINT items_inventaire_position UNIQUE (inventaire_id, position_slot) DEFERRABLE INITIALLY IMMEDIATE
) WITH (fillfactor = 80);
