-- Append-only, enforced by the database. aether_archive() lifts the guard for its own transaction.

CREATE FUNCTION aether_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('aether.archiving', true), '') = 'on' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'correct a mistake with a new event; move old events with aether_archive()';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON evenements
    FOR EACH ROW EXECUTE FUNCTION aether_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON evenements
    FOR EACH STATEMENT EXECUTE FUNCTION aether_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON evenements_archive
    FOR EACH ROW EXECUTE FUNCTION aether_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON evenements_archive
    FOR EACH STATEMENT EXECUTE FUNCTION aether_refuse_change();
