-- By which event the log is recognized, where it is not restored together with the read models of this database.

ALTER TABLE aether_checkpoints
    -- the position it was found at; below any other one it means nothing: a node that knows no anchors has moved on
    ADD COLUMN anchor_of BIGINT,
    ADD COLUMN anchor_position BIGINT,
    ADD COLUMN anchor_id UUID;
