-- The catalogue.

CREATE TABLE items (
    item_id             UUID PRIMARY KEY,
    nom                 VARCHAR(100) NOT NULL,
    description         TEXT         NOT NULL,
    type_item           VARCHAR(20)  NOT NULL
        CHECK (type_item IN ('ARME', 'ARMURE', 'CONSOMMABLE', 'MATERIAU', 'QUETE', 'AUTRE')),
    rarete              VARCHAR(20)  NOT NULL
        CHECK (rarete IN ('COMMUN', 'RARE', 'EPIQUE', 'LEGENDAIRE', 'MYTHIQUE')),
    niveau_requis       INTEGER      NOT NULL CHECK (niveau_requis BETWEEN 1 AND 100),
    -- what a piece is when it is new; none of what lies in stacks
    stats               JSONB,
    -- what it does when it is used up; none of what is not
    effets              JSONB,
    valeur_or           INTEGER      NOT NULL CHECK (valeur_or >= 0),
    poids               INTEGER      NOT NULL CHECK (poids >= 0),
    empilable           BOOLEAN      NOT NULL,
    stack_max           INTEGER      NOT NULL CHECK (stack_max >= 1),
    echangeable         BOOLEAN      NOT NULL,
    destructible        BOOLEAN      NOT NULL,
    icone_url           VARCHAR(100),
    recette_craft       JSONB        NOT NULL,
    last_event_sequence BIGINT       NOT NULL,
    updated_at          TIMESTAMPTZ  NOT NULL DEFAULT now(),
    -- withdrawn: players keep what they have of it, and get no more
    retire              BOOLEAN      NOT NULL DEFAULT false
);

-- Lists go by level and name, whichever filter they have.
CREATE INDEX items_niveau ON items (niveau_requis, nom, item_id) WHERE NOT retire;
CREATE INDEX items_type ON items (type_item, niveau_requis, nom, item_id) WHERE NOT retire;
CREATE INDEX items_rarete ON items (rarete, niveau_requis, nom, item_id) WHERE NOT retire;
-- by the start of the name, byte by byte: no collation has its say
CREATE INDEX items_nom ON items (lower(nom) text_pattern_ops) WHERE NOT retire;
