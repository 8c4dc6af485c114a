-- Skills, and what players have learned of them.

CREATE TABLE competences (
    competence_id        UUID PRIMARY KEY,
    nom                  VARCHAR(100) NOT NULL,
    description          TEXT         NOT NULL,
    type_competence      VARCHAR(20)  NOT NULL CHECK (type_competence IN ('ACTIVE', 'PASSIVE', 'ULTIMATE')),
    element              VARCHAR(20)  NOT NULL
        CHECK (element IN ('FEU', 'EAU', 'TERRE', 'AIR', 'LUMIERE', 'OMBRE', 'NEUTRE')),
    cible                VARCHAR(20)  NOT NULL CHECK (cible IN ('SOI', 'ALLIE', 'ENNEMI', 'ZONE', 'TOUS')),
    niveau_requis        INTEGER      NOT NULL CHECK (niveau_requis BETWEEN 1 AND 100),
    cout_mana            INTEGER      NOT NULL,
    cout_stamina         INTEGER      NOT NULL,
    cooldown_tours       INTEGER      NOT NULL,
    portee               INTEGER      NOT NULL,
    effets               JSONB        NOT NULL DEFAULT '[]',
    modificateurs_niveau JSONB        NOT NULL DEFAULT '{}',
    animation            VARCHAR(100),
    icone_url            VARCHAR(255),
    pre_requis           JSONB        NOT NULL DEFAULT '{}',
    last_event_sequence  BIGINT       NOT NULL,
    updated_at           TIMESTAMPTZ  NOT NULL DEFAULT now()
);

CREATE TABLE competences_joueur (
    competence_joueur_id      UUID PRIMARY KEY,
    joueur_id                 UUID        NOT NULL,
    competence_id             UUID        NOT NULL,
    niveau_competence         INTEGER     NOT NULL CHECK (niveau_competence BETWEEN 1 AND 10),
    experience_competence     INTEGER     NOT NULL CHECK (experience_competence >= 0),
    assignee_barre            BOOLEAN     NOT NULL GENERATED ALWAYS AS (position_barre IS NOT NULL) STORED,
    position_barre            INTEGER     CHECK (position_barre BETWEEN 1 AND 10),
    -- kept by a job, as of cooldown_releve_a; cooldown_fin_a is what holds
    cooldown_restant_secondes INTEGER     NOT NULL DEFAULT 0 CHECK (cooldown_restant_secondes >= 0),
    dernier_usage             TIMESTAMPTZ,
    modificateurs_actifs      JSONB       NOT NULL DEFAULT '{}',
    last_event_sequence       BIGINT      NOT NULL,
    updated_at                TIMESTAMPTZ NOT NULL DEFAULT now(),
    apprise_a                 TIMESTAMPTZ NOT NULL,
    cooldown_fin_a            TIMESTAMPTZ,
    cooldown_releve_a         TIMESTAMPTZ,
    UNIQUE (joueur_id, competence_id)
) WITH (fillfactor = 70);

CREATE INDEX competences_joueur_au_repos ON competences_joueur (cooldown_releve_a) WHERE cooldown_restant_secondes > 0;
