-- Append-only, enforced by the database. Only the owner of the tables moves events, and only where it says so: its own
-- functions do, which others run as the owner. A setting alone lifts nothing.
CREATE OR REPLACE FUNCTION aether_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('aether.archiving', true), '') = 'on'
       AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c WHERE c.oid = TG_RELID)
    THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'correct a mistake with a new event; move old events with aether_archive()';
END
$$;
