-- When a batch was given up last, in seconds since 1970: appends look for theirs in aether_given_up for a day. A sequence,
-- since reading it costs an append a tenth of that look, and no rollback takes it back.
CREATE SEQUENCE aether_last_given_up;
SELECT setval('aether_last_given_up', date_part('epoch', max(given_up_at))::bigint)
FROM aether_given_up HAVING count(*) > 0;
