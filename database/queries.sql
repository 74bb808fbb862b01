-- name: confine
-- A connection acts as this role and sees this workspace until it ends.
select set_config('role', %(role)s, false), set_config('houselore.workspace', %(workspace)s, false);

-- name: try_lock
-- One holder of a name: the lock falls when the connection ends, however it ends.
select pg_try_advisory_lock(hashtextextended(%(name)s, 7));

-- name: unlock
-- Lets the next one have it.
select pg_advisory_unlock(hashtextextended(%(name)s, 7));
