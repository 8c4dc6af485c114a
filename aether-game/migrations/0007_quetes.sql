-- Quests, and how far players have come in them.

CREATE TABLE quetes (
    quete_id             UUID PRIMARY KEY,
    nom                  VARCHAR(100) NOT NULL,
    description          TEXT         NOT NULL,
    type_quete           VARCHAR(20)  NOT NULL
        CHECK (type_quete IN ('PRINCIPALE', 'SECONDAIRE', 'QUOTIDIENNE', 'EVENEMENT')),
    niveau_requis        INTEGER      NOT NULL CHECK (niveau_requis BETWEEN 1 AND 100),
    niveau_recommande    INTEGER      NOT NULL,
    pre_requis           JSONB        NOT NULL DEFAULT '{}',
    objectifs            JSONB        NOT NULL DEFAULT '[]',
    recompenses          JSONB        NOT NULL DEFAULT '{}',
    -- ids of a zone and of a character
    zone_depart          VARCHAR(100),
    pnj_donneur          VARCHAR(100),
    duree_limite_minutes INTEGER,
    repete               BOOLEAN      NOT NULL DEFAULT FALSE,
    frequence_repetition VARCHAR(20)  CHECK (frequence_repetition IN ('QUOTIDIEN', 'HEBDOMADAIRE')),
    dialogues            JSONB        NOT NULL DEFAULT '[]',
    last_event_sequence  BIGINT       NOT NULL,
    updated_at           TIMESTAMPTZ  NOT NULL DEFAULT now()
);

CREATE INDEX quetes_par_niveau ON quetes (niveau_requis, quete_id);

CREATE TABLE quetes_joueur (
    quete_joueur_id        UUID PRIMARY KEY,
    joueur_id              UUID        NOT NULL,
    quete_id               UUID        NOT NULL,
    etat                   VARCHAR(20) NOT NULL CHECK (etat IN ('EN_COURS', 'COMPLETE', 'ECHOUEE', 'ABANDONEE')),
    -- by objective: what is done, and what is required
    progres_objectifs      JSONB       NOT NULL,
    pourcentage_completion INTEGER     NOT NULL CHECK (pourcentage_completion BETWEEN 0 AND 100),
    suivie                 BOOLEAN     NOT NULL,
    acceptee_a             TIMESTAMPTZ NOT NULL,
    completee_a            TIMESTAMPTZ,
    expire_a               TIMESTAMPTZ,
    last_event_sequence    BIGINT      NOT NULL,
    updated_at             TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- which attempt all of this is about
    tentative              INTEGER     NOT NULL,
    recompense_due         BOOLEAN     NOT NULL DEFAULT FALSE,
    -- whether any attempt was ever finished, and from when on another one may follow
    deja_terminee          BOOLEAN     NOT NULL DEFAULT FALSE,
    disponible_a           TIMESTAMPTZ,
    UNIQUE (joueur_id, quete_id)
) WITH (fillfactor = 80);

CREATE INDEX quetes_joueur_en_cours ON quetes_joueur (joueur_id, acceptee_a DESC, quete_id DESC) WHERE etat = 'EN_COURS';
