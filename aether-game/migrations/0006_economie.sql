-- The market: orders, trades, prices, and parcels that wait.

CREATE TABLE ordres_economie (
    ordre_id            UUID PRIMARY KEY,
    type_ordre          VARCHAR(10)  NOT NULL CHECK (type_ordre IN ('VENTE', 'ACHAT')),
    joueur_id           UUID         NOT NULL,
    pseudo_joueur       VARCHAR(100) NOT NULL,
    item_id             UUID         NOT NULL,
    quantite            INTEGER      NOT NULL CHECK (quantite BETWEEN 1 AND 9999),
    -- of an order that was closed: what was never traded
    quantite_restante   INTEGER      NOT NULL CHECK (quantite_restante BETWEEN 0 AND quantite),
    prix_unitaire       INTEGER      NOT NULL CHECK (prix_unitaire BETWEEN 1 AND 1000000000),
    statut              VARCHAR(25)  NOT NULL
        CHECK (statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE', 'COMPLETE', 'ANNULE', 'EXPIRE')),
    cree_a              TIMESTAMPTZ  NOT NULL,
    expire_a            TIMESTAMPTZ  NOT NULL,
    -- when it ended, however it did
    complete_a          TIMESTAMPTZ,
    last_event_sequence BIGINT       NOT NULL,
    updated_at          TIMESTAMPTZ  NOT NULL DEFAULT now(),
    -- when it was placed: its age among orders of one price
    event_sequence      BIGINT       NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX ordres_economie_ventes ON ordres_economie (item_id, prix_unitaire, event_sequence)
    WHERE type_ordre = 'VENTE' AND statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE');
-- by the negative price: the best comes first, and so does the oldest of one price
CREATE INDEX ordres_economie_achats ON ordres_economie (item_id, (-prix_unitaire), event_sequence)
    WHERE type_ordre = 'ACHAT' AND statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE');
CREATE INDEX ordres_economie_ouverts ON ordres_economie (joueur_id, event_sequence)
    WHERE statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE');

CREATE TABLE transactions_economie (
    transaction_id  UUID PRIMARY KEY,
    ordre_vente_id  UUID         NOT NULL,
    ordre_achat_id  UUID         NOT NULL,
    vendeur_id      UUID         NOT NULL,
    pseudo_vendeur  VARCHAR(100) NOT NULL,
    acheteur_id     UUID         NOT NULL,
    pseudo_acheteur VARCHAR(100) NOT NULL,
    item_id         UUID         NOT NULL,
    quantite        INTEGER      NOT NULL CHECK (quantite BETWEEN 1 AND 9999),
    prix_unitaire   INTEGER      NOT NULL,
    montant_total   INTEGER      NOT NULL CHECK (montant_total > 0),
    taxe            INTEGER      NOT NULL CHECK (taxe BETWEEN 0 AND montant_total),
    executee_a      TIMESTAMPTZ  NOT NULL,
    event_sequence  BIGINT       NOT NULL,
    -- what goes back to the buyer: the difference to his limit
    rendu           INTEGER      NOT NULL CHECK (rendu >= 0),
    -- until then the trade owes montant_total - taxe to the seller, the goods and rendu to the buyer
    reglee_a        TIMESTAMPTZ
) WITH (fillfactor = 90);

CREATE INDEX transactions_economie_vendeur ON transactions_economie (vendeur_id, event_sequence DESC);
CREATE INDEX transactions_economie_acheteur ON transactions_economie (acheteur_id, event_sequence DESC);
CREATE INDEX transactions_economie_item ON transactions_economie (item_id, executee_a DESC, event_sequence DESC);
CREATE INDEX transactions_economie_jour ON transactions_economie (executee_a);
CREATE INDEX transactions_economie_dues ON transactions_economie (item_id) WHERE reglee_a IS NULL;

CREATE TABLE prix_marche (
    -- that of the order book
    prix_id                 UUID PRIMARY KEY,
    item_id                 UUID        NOT NULL UNIQUE,
    -- those of 24 h are kept by a job, as of statistiques_a; no price without a trade
    prix_moyen_24h          INTEGER,
    prix_min_24h            INTEGER,
    prix_max_24h            INTEGER,
    volume_24h              INTEGER     NOT NULL DEFAULT 0,
    nombre_transactions_24h INTEGER     NOT NULL DEFAULT 0,
    historique_prix         JSONB       NOT NULL DEFAULT '[]',
    derniere_transaction    TIMESTAMPTZ NOT NULL,
    last_event_sequence     BIGINT      NOT NULL,
    updated_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    dernier_prix            INTEGER     NOT NULL,
    -- the time of the job's last run, and the last trade that it saw
    statistiques_a          TIMESTAMPTZ,
    statistiques_sequence   BIGINT
) WITH (fillfactor = 70);

CREATE TABLE colis_economie (
    colis_id            UUID PRIMARY KEY,
    joueur_id           UUID        NOT NULL,
    item_id             UUID        NOT NULL,
    type_contenu        VARCHAR(10) NOT NULL CHECK (type_contenu IN ('OR', 'ITEM')),
    quantite            INTEGER     NOT NULL CHECK (quantite > 0),
    -- none for a reward
    raison              VARCHAR(20) CHECK (raison IN ('PRODUIT', 'DIFFERENCE', 'ACHAT', 'RESTITUTION')),
    transaction_id      UUID,
    ordre_id            UUID,
    depose_a            TIMESTAMPTZ NOT NULL,
    event_sequence      BIGINT      NOT NULL,
    last_event_sequence BIGINT      NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE INDEX colis_economie_par_joueur ON colis_economie (joueur_id, event_sequence);
CREATE INDEX colis_economie_par_item ON colis_economie (item_id);
