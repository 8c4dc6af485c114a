-- What came into the game and left it, by reason: one side of the ledger.

CREATE TABLE flux_livre (
    -- the nil id stands for gold
    item_id             UUID        NOT NULL,
    raison              VARCHAR(40) NOT NULL,
    -- created, or destroyed: the reason tells which
    quantite            BIGINT      NOT NULL CHECK (quantite >= 0),
    last_event_sequence BIGINT      NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (item_id, raison)
) WITH (fillfactor = 70);
