-- What is over and old, with the columns of its source in the same order.

CREATE TABLE instances_combat_archive (LIKE instances_combat INCLUDING ALL);
CREATE TABLE participants_combat_archive (LIKE participants_combat INCLUDING ALL);
CREATE TABLE transactions_economie_archive (LIKE transactions_economie INCLUDING ALL);
-- no rule of the game retires a player yet
CREATE TABLE joueurs_archive (LIKE joueurs INCLUDING ALL);
