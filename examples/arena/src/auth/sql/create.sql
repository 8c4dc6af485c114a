CREATE TABLE arena_mots_de_passe (
    compte_id UUID PRIMARY KEY,
    hash TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
