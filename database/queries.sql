-- name: confine
-- Limit the connection to this role and this workspace until it ends.
select set_config('role', %(role)s, false), set_config('houselore.workspace', %(workspace)s, false);

-- name: try_lock
-- Try to take the lock of a name. Postgres releases it when the connection ends, however it ends.
select pg_try_advisory_lock(hashtextextended(%(name)s, 7));

-- name: unlock
-- Release the lock of a name.
select pg_advisory_unlock(hashtextextended(%(name)s, 7));
