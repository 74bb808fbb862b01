-- name: register_model
-- Add a candidate; registering the same name again changes nothing.
insert into models
    (workspace, name, base, adapter, state, base_hash, adapter_hash, dataset, code_version, metrics)
values (%(workspace)s, %(name)s, %(base)s, %(adapter)s, 'candidate', %(base_hash)s,
    %(adapter_hash)s, %(dataset)s, %(code_version)s, %(metrics)s)
on conflict (workspace, name) do nothing;

-- name: list_models
-- Every registered model: the served one first, then the canary, then the newest.
select id, name, base, adapter, state, promoted_by, reason, promoted_at, is_pinned, base_hash,
    adapter_hash, dataset, code_version, metrics
from models where workspace = %(workspace)s
order by state = 'served' desc, state = 'canary' desc, created_at desc;

-- name: note_metrics
-- Add metrics to a model.
update models set metrics = metrics || %(metrics)s
where workspace = %(workspace)s and name = %(name)s;

-- name: lock_models
-- Serialize changes of a workspace's models.
select pg_advisory_xact_lock(hashtextextended('models:' || %(workspace)s, 0));

-- name: retire_served
-- Take the served model out of service.
update models set state = 'retired', is_pinned = false
where workspace = %(workspace)s and state = 'served' and name <> %(name)s;

-- name: serve_model
-- Put a model into service.
update models
set state = 'served', promoted_by = %(promoted_by)s, reason = %(reason)s, promoted_at = now()
where workspace = %(workspace)s and name = %(name)s
returning id;

-- name: pin_served
-- Pin or unpin the served model.
update models set is_pinned = %(is_pinned)s
where workspace = %(workspace)s and state = 'served' returning name;

-- name: served_before
-- The model that was in service before the current one.
select name from models
where workspace = %(workspace)s and state = 'retired' and promoted_at is not null
order by promoted_at desc limit 1;

-- name: make_canary
-- Put a candidate, or a retired model, on canary.
update models set state = 'canary'
where workspace = %(workspace)s and name = %(name)s and state in ('candidate', 'retired')
returning id;

-- name: end_canary
-- Retire the canary; one that was promoted is in the served state already.
update models set state = 'retired' where workspace = %(workspace)s and state = 'canary';

-- name: open_rollout
-- Begin a rollout beside the served model.
insert into rollouts (workspace, model_id, served_id, share, started_by)
values (%(workspace)s, %(model)s, %(served)s, %(share)s, %(started_by)s);

-- name: close_rollout
-- Record how the running rollout has ended.
update rollouts
set ended = %(ended)s, ended_by = %(ended_by)s, reason = %(reason)s, ended_at = now()
where workspace = %(workspace)s and ended is null;

-- name: current_rollout
-- The running rollout.
select r.id, m.name as canary, s.name as served, r.share, r.started_by, r.started_at
from rollouts r join models m on m.id = r.model_id join models s on s.id = r.served_id
where r.workspace = %(workspace)s and r.ended is null;

-- name: ended_rollouts
-- The rollouts that have ended, in the order of their ends.
select r.id, m.name as canary, s.name as served, r.ended as how, r.ended_by as by, r.reason
from rollouts r join models m on m.id = r.model_id join models s on s.id = r.served_id
where r.workspace = %(workspace)s and r.ended is not null
order by r.ended_at, r.id;

-- name: thread_models
-- The models of a thread's answers so far, oldest first.
select model from answers
where workspace = %(workspace)s and channel = %(conversation)s and thread_ts = %(thread)s
order by created_at, id;

-- name: rollout_answers
-- The answers of both models since the rollout began, oldest first, with dislikes of the asker and
-- of experts apart from those of others. Unsupported: text was withheld and no note supports the
-- answer.
select a.model = %(canary)s as is_canary, a.abstained as refused,
    a.withheld <> '' and not a.signals ? 'supported' as unsupported,
    array(select f.person from feedback f
          where f.answer_id = a.id and f.is_current and f.label = 'bad' and (
              f.person = a.person or exists (select from experts e
                  where e.workspace = a.workspace and e.person = f.person))
          order by f.person) as disliked_by,
    array(select f.person from feedback f
          where f.answer_id = a.id and f.is_current and f.label = 'bad'
              and f.person is distinct from a.person and not exists (select from experts e
                  where e.workspace = a.workspace and e.person = f.person)
          order by f.person) as readers_against,
    coalesce(a.channel, '') as channel
from answers a
where a.workspace = %(workspace)s and a.model in (%(canary)s, %(served)s)
  and a.created_at >= %(started_at)s
order by a.created_at, a.id;
