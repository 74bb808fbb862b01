-- name: register_model
-- Adds a candidate; registering the same name again changes nothing.
insert into models (workspace, name, base, adapter, state)
values (%(workspace)s, %(name)s, %(base)s, %(adapter)s, 'candidate')
on conflict (workspace, name) do nothing;

-- name: served_model
-- The model that answers to the name `house`.
select id, name, base, adapter, state, promoted_by, reason, promoted_at
from models where workspace = %(workspace)s and state = 'served';

-- name: list_models
-- Every registered model, the served one first, then the newest.
select id, name, base, adapter, state, promoted_by, reason, promoted_at
from models where workspace = %(workspace)s
order by state = 'served' desc, created_at desc;

-- name: lock_models
-- One promotion at a time in a workspace.
select pg_advisory_xact_lock(hashtextextended('models:' || %(workspace)s, 0));

-- name: retire_served
-- Takes the served model out of service.
update models set state = 'retired' where workspace = %(workspace)s and state = 'served';

-- name: serve_model
-- Puts a model into service.
update models
set state = 'served', promoted_by = %(promoted_by)s, reason = %(reason)s, promoted_at = now()
where workspace = %(workspace)s and name = %(name)s
returning id, name, base, adapter, state, promoted_by, reason, promoted_at;
