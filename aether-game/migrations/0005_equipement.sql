-- What players wear, and pieces of equipment with their wear.

CREATE TABLE sets_equipement (
    equipement_id          UUID PRIMARY KEY,
    joueur_id              UUID        NOT NULL UNIQUE,
    -- the piece that is worn there
    slot_tete              UUID,
    slot_torse             UUID,
    slot_jambes            UUID,
    slot_pieds             UUID,
    slot_mains             UUID,
    slot_arme_principale   UUID,
    slot_arme_secondaire   UUID,
    slot_dos               UUID,
    slot_cou               UUID,
    slot_doigt_1           UUID,
    slot_doigt_2           UUID,
    slot_accessoire_1      UUID,
    slot_accessoire_2      UUID,
    -- {"stats": what all of it adds to its bearer, "ensembles": {set: how many pieces of it}}
    bonus_set              JSONB       NOT NULL,
    valeur_defense_totale  INTEGER     NOT NULL CHECK (valeur_defense_totale >= 0),
    valeur_attaque_totale  INTEGER     NOT NULL CHECK (valeur_attaque_totale >= 0),
    last_event_sequence    BIGINT      NOT NULL,
    updated_at             TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE TABLE pieces_equipement (
    equipement_id       UUID PRIMARY KEY,
    joueur_id           UUID        NOT NULL,
    item_id             UUID        NOT NULL,
    famille             VARCHAR(20) NOT NULL
        CHECK (famille IN ('TETE', 'TORSE', 'JAMBES', 'PIEDS', 'MAINS', 'ARME_PRINCIPALE', 'ARME_SECONDAIRE', 'DOS', 'COU',
            'DOIGT', 'ACCESSOIRE')),
    durabilite          INTEGER     NOT NULL,
    durabilite_max      INTEGER     NOT NULL,
    niveau_amelioration INTEGER     NOT NULL CHECK (niveau_amelioration BETWEEN 0 AND 10),
    enchantements       JSONB       NOT NULL,
    attaque             INTEGER     NOT NULL CHECK (attaque >= 0),
    defense             INTEGER     NOT NULL CHECK (defense >= 0),
    stats               JSONB       NOT NULL,
    ensemble            VARCHAR(100),
    -- gone for good; the row stays, so that no older event brings it back
    detruit             BOOLEAN     NOT NULL,
    last_event_sequence BIGINT      NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (durabilite BETWEEN 0 AND durabilite_max)
) WITH (fillfactor = 80);
