-- What the store rests on. The lock is taken before it is looked for.
SELECT current_setting('server_version_num')::int AS number,
       version() AS version,
       current_setting('server_encoding') AS encoding,
       taken.taken AND EXISTS (
           SELECT FROM pg_locks AS l
           WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.classid::bigint = 1095062600
             AND l.objsubid = 2 AND taken.taken
       ) AS locks_are_seen,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections,
       inet_server_port() AS port,
       current_setting('default_transaction_isolation') <> 'read committed'
           OR current_setting('default_transaction_read_only') = 'on' AS has_other_defaults,
       s.seqcache AS cache,
       s.seqincrement AS increment,
       s.seqcycle AS cycle
FROM (SELECT pg_try_advisory_xact_lock_shared(1095062600, 0) AS taken OFFSET 0) AS taken
LEFT JOIN pg_sequence AS s ON s.seqrelid = to_regclass('aether_event_sequence')
