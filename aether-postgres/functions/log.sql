-- Everything that was ever stored.
CREATE OR REPLACE VIEW aether_log AS
SELECT * FROM evenements
UNION ALL
SELECT * FROM evenements_archive;
