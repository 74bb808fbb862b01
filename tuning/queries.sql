-- name: register_model
-- Adds a candidate; registering the same name again changes nothing.
insert into models
    (workspace, name, base, adapter, state, base_hash, adapter_hash, dataset, code_version, metrics)
values (%(workspace)s, %(name)s, %(base)s, %(adapter)s, 'candidate', %(base_hash)s,
    %(adapter_hash)s, %(dataset)s, %(code_version)s, %(metrics)s)
on conflict (workspace, name) do nothing;

-- name: list_models
-- Every registered model, the served one first, then the canary, then the newest.
select id, name, base, adapter, state, promoted_by, reason, promoted_at, is_pinned, base_hash,
    adapter_hash, dataset, code_version, metrics
from models where workspace = %(workspace)s
order by state = 'served' desc, state = 'canary' desc, created_at desc;

-- name: last_training
-- The dataset of the model that was trained last, and when that was.
select dataset, created_at from models where workspace = %(workspace)s and dataset is not null
order by id desc limit 1;

-- name: note_metrics
-- What was measured of a model.
update models set metrics = metrics || %(metrics)s
where workspace = %(workspace)s and name = %(name)s;

-- name: lock_models
-- One change of who answers to `house` at a time in a workspace.
select pg_advisory_xact_lock(hashtextextended('models:' || %(workspace)s, 0));

-- name: retire_served
-- Takes the served model out of service.
update models set state = 'retired', is_pinned = false
where workspace = %(workspace)s and state = 'served' and name <> %(name)s;

-- name: serve_model
-- Puts a model into service.
update models
set state = 'served', promoted_by = %(promoted_by)s, reason = %(reason)s, promoted_at = now()
where workspace = %(workspace)s and name = %(name)s
returning id;

-- name: pin_served
-- The served model stays until somebody lets it go.
update models set is_pinned = %(is_pinned)s
where workspace = %(workspace)s and state = 'served' returning name;

-- name: served_before
-- The model that was in service before the one that is.
select name from models
where workspace = %(workspace)s and state = 'retired' and promoted_at is not null
order by promoted_at desc limit 1;

-- name: make_canary
-- A candidate, or one that was in service before, to be tried in some channels.
update models set state = 'canary'
where workspace = %(workspace)s and name = %(name)s and state in ('candidate', 'retired')
returning id;

-- name: end_canary
-- A canary that is one no more; where it was put into service it has that state already.
update models set state = 'retired' where workspace = %(workspace)s and state = 'canary';

-- name: open_rollout
-- Begins to try a canary beside what is served.
insert into rollouts (workspace, model_id, served_id, share, started_by)
values (%(workspace)s, %(model)s, %(served)s, %(share)s, %(started_by)s);

-- name: close_rollout
-- How the rollout that goes on has ended.
update rollouts
set ended = %(ended)s, ended_by = %(ended_by)s, reason = %(reason)s, ended_at = now()
where workspace = %(workspace)s and ended is null;

-- name: current_rollout
-- The rollout that goes on.
select r.id, m.name as canary, s.name as served, r.share, r.started_by, r.started_at
from rollouts r join models m on m.id = r.model_id join models s on s.id = r.served_id
where r.workspace = %(workspace)s and r.ended is null;

-- name: ended_rollouts
-- The rollouts that go on no more, the first to end first.
select r.id, m.name as canary, s.name as served, r.ended as how, r.ended_by as by, r.reason
from rollouts r join models m on m.id = r.model_id join models s on s.id = r.served_id
where r.workspace = %(workspace)s and r.ended is not null
order by r.ended_at, r.id;

-- name: thread_models
-- The models of a thread's answers so far, the first of them first.
select model from answers
where workspace = %(workspace)s and channel = %(conversation)s and thread_ts = %(thread)s
order by created_at, id;

-- name: rollout_answers
-- The answers of both models since the rollout began, oldest first. What a model wrote is withheld
-- where no note supports it, and where it does not say what was found. Who asked and experts are told
-- from others who voted it down.
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

-- name: judged
-- Every answer that people said something of, with what they said and the documents it rests on;
-- without the words of people of whom nothing is learned.
with kept as (
    select a.*, array(
        select distinct (note->>'document_id')::bigint from jsonb_array_elements(a.evidence) note
        order by 1
    ) as documents
    from answers a
    where a.workspace = %(workspace)s and (
        exists (select 1 from feedback f where f.answer_id = a.id)
        or exists (select 1 from remarks m where m.answer_id = a.id)
        or exists (select 1 from better_answers b where b.answer_id = a.id)
    ) and not exists (
        select 1 from forgotten g where g.workspace = a.workspace and g.person = a.person)
), roles as (
    select k.id as answer_id, said.person, case
        when exists (select 1 from experts e where e.workspace = k.workspace
            and e.person = said.person) then 'expert'
        when said.person = k.person then 'asker' else 'reader' end as role
    from kept k join (
        select answer_id, person from feedback union select answer_id, person from remarks
        union select answer_id, author from better_answers
    ) as said on said.answer_id = k.id
    where not exists (
        select 1 from forgotten g where g.workspace = k.workspace and g.person = said.person)
), labels as (
    select f.answer_id, jsonb_agg(jsonb_build_object(
        'person', f.person, 'label', f.label, 'role', r.role) order by f.person) as said
    from feedback f join roles r using (answer_id, person)
    where f.is_current and f.label <> 'none' group by f.answer_id
), reasons as (
    select m.answer_id, jsonb_agg(jsonb_build_object(
        'person', m.person, 'reasons', m.reasons) order by m.person) as said
    from remarks m join roles r using (answer_id, person) where m.is_current group by m.answer_id
), betters as (
    select b.answer_id, jsonb_agg(jsonb_build_object(
        'id', b.id, 'author', b.author, 'saved_by', b.saved_by, 'text', b.text, 'role', r.role)
        order by r.role <> 'expert', r.role <> 'asker', b.id desc) as said
    from better_answers b join roles r on r.answer_id = b.answer_id and r.person = b.author
    where b.is_current group by b.answer_id
)
select k.id, k.question, k.text, k.messages, k.evidence, k.abstained, k.shown, k.signals, k.readers,
    k.channel,
    coalesce(k.thread_ts, k.ts) as thread_ts, k.person, k.model, k.prompt_version, k.documents,
    coalesce(c.train_on, false) as train_on, coalesce(l.said, '[]') as labels,
    coalesce(m.said, '[]') as remarks, coalesce(b.said, '[]') as betters, coalesce((
        select jsonb_agg(jsonb_build_object('document_id', d.id, 'title', d.title, 'hash', d.hash,
            'version', d.version, 'has_changed', d.indexed_at > k.created_at) order by d.id)
        from documents d where d.workspace = k.workspace and d.id = any(k.documents)
            and d.readers && k.readers
    ), '[]') as sources
from kept k
left join channel_settings c on c.workspace = k.workspace and c.channel = k.channel
left join labels l on l.answer_id = k.id
left join reasons m on m.answer_id = k.id
left join betters b on b.answer_id = k.id
where l.said is not null or m.said is not null or b.said is not null
order by k.id;

-- name: keep_example
-- Adds an example, or says anew of one that is here who gave it; what was reviewed stays reviewed.
insert into examples (workspace, key, kind, origin, answer_id, question, prompt, chosen, rejected,
    label, thread, sources, documents, readers, labels, people, cause, model, prompt_version)
values (%(workspace)s, %(key)s, %(kind)s, %(origin)s, %(answer_id)s, %(question)s, %(prompt)s,
    %(chosen)s, %(rejected)s, %(label)s, %(thread)s, %(sources)s, %(documents)s, %(readers)s,
    %(labels)s, %(people)s, %(cause)s, %(model)s, %(prompt_version)s)
on conflict (workspace, key) do update set labels = excluded.labels, people = excluded.people,
    cause = excluded.cause;

-- name: drop_withdrawn
-- Examples that what people say today no longer gives; not those of answers that are left open.
delete from examples where workspace = %(workspace)s and origin <> 'import'
    and not key = any(%(keys)s) and not answer_id = any(%(open)s);

-- name: allow_training
-- Says of a channel whether it may be learned from; how it is answered stays.
insert into channel_settings (workspace, channel, answers, set_by, train_on)
values (%(workspace)s, %(channel)s, 'mentions', %(by)s, %(train_on)s)
on conflict (workspace, channel) do update set train_on = excluded.train_on;

-- name: forget_person
-- From now on nothing is learned of a person.
insert into forgotten (workspace, person) values (%(workspace)s, %(person)s)
on conflict (workspace, person) do nothing;

-- name: drop_of_person
-- The examples that a person has a part in.
delete from examples where workspace = %(workspace)s and people @> array[%(person)s];

-- name: drop_reviewer
-- A person's reviews; what they decided stays decided.
delete from reviews where workspace = %(workspace)s and reviewer = %(person)s;

-- name: spoil_of_person
-- Datasets that hold a person's examples lose their content.
update datasets set content = null, stale_since = now(), stale_reason = 'a person is forgotten',
    people = array_remove(people, %(person)s)
where workspace = %(workspace)s and people @> array[%(person)s] and stale_since is null;

-- name: drop_of_gone
-- Examples that rest on a document which is gone, or which their readers may read no more; gives
-- those documents.
with dropped as (
    delete from examples e where e.workspace = %(workspace)s and exists (
        select 1 from unnest(e.documents) as used where not exists (
            select 1 from documents d
            where d.workspace = e.workspace and d.id = used and d.readers && e.readers))
    returning e.id, e.workspace, e.documents, e.readers
)
select count(distinct x.id), coalesce(array_agg(distinct used) filter (where not exists (
    select 1 from documents d
    where d.workspace = x.workspace and d.id = used and d.readers && x.readers)), '{}')
from dropped x, unnest(x.documents) as used;

-- name: spoil_of_gone
-- Datasets that hold text of a document that is gone, or is one of these, lose their content.
update datasets s set content = null, stale_since = now(), stale_reason = 'a document is gone'
where s.workspace = %(workspace)s and s.stale_since is null and (
    s.documents && %(documents)s::bigint[] or exists (
        select 1 from unnest(s.documents) as used where not exists (
            select 1 from documents d where d.workspace = s.workspace and d.id = used)));

-- name: queue
-- Examples in a state, or in any, those that came first first.
select id, key, kind, origin, question, prompt, chosen, rejected, label, cause, state, is_edited
from examples
where workspace = %(workspace)s and (%(state)s::text is null or state = %(state)s)
    and (%(ids)s::numeric[] is null or id = any(%(ids)s::numeric[]))
order by id;

-- name: reviewable
-- Each example, where it was said (null for one brought in), how it stands, and who reviewed it.
select e.id, a.channel, e.state, array_remove(array_agg(r.reviewer order by r.reviewer), null)
from examples e
left join answers a on a.id = e.answer_id
left join reviews r on r.example_id = e.id
where e.workspace = %(workspace)s
group by e.id, a.channel order by e.id;

-- name: keep_cause
-- What was wrong with a bad answer, as it is found now.
insert into causes (workspace, answer_id, cause) values (%(workspace)s, %(answer)s, %(cause)s)
on conflict (answer_id) do update set cause = excluded.cause;

-- name: drop_causes
-- What was wrong with answers that are bad no more; not with those that are left open.
delete from causes where workspace = %(workspace)s
    and not answer_id = any(%(answers)s) and not answer_id = any(%(open)s);

-- name: gaps
-- Questions of the last 30 days that no document answers, most asked first, in these conversations;
-- with none named in all, but for what was said to one person alone. What was found to be wrong with
-- an answer goes before that none was given; a quotation that people find good has answered.
select min(a.question), count(*) from answers a left join causes c on c.answer_id = a.id
where a.workspace = %(workspace)s and a.question <> ''
    and coalesce(c.cause = 'not_indexed', a.abstained and not (
        select coalesce(bool_and(f.label = 'good'), false) from feedback f
        where f.answer_id = a.id and f.is_current and f.label <> 'none'))
    and case when %(channels)s::text[] is null
        then not exists (select from unnest(a.readers) as reader where reader like 'person:%%')
        else a.channel = any(%(channels)s) end
    and a.created_at > now() - interval '30 days'
    and not exists (
        select from forgotten g where g.workspace = a.workspace and g.person = a.person)
group by trim(lower(regexp_replace(a.question, '[^[:alnum:]]+', ' ', 'g')))
order by count(*) desc, max(a.created_at) desc limit %(most)s;

-- name: outdated
-- Documents that people call outdated and that are as they were when they were cited so: how many
-- people, since when, most first; those that these readers may read, or with none named all, by what
-- was said in these conversations, or with none named in all, but for what was said to one person
-- alone. Who finds the answer good by now says so no more.
select d.id as document_id, d.title, d.key, s.location, count(distinct m.person) as people,
    min(m.created_at) as since
from remarks m
join answers a on a.id = m.answer_id
cross join lateral jsonb_to_recordset(a.evidence) as note (n int, document_id bigint)
join documents d on d.id = note.document_id and d.workspace = a.workspace
join sources s on s.id = d.source_id
where m.workspace = %(workspace)s and m.is_current and 'outdated' = any(m.reasons)
    and (position('[' || note.n || ']' in a.text) > 0 or a.text !~ '\[\d+\]')
    and d.indexed_at <= a.created_at
    and (%(readers)s::text[] is null or d.readers && %(readers)s)
    and case when %(channels)s::text[] is null
        then not exists (select from unnest(a.readers) as reader where reader like 'person:%%')
        else a.channel = any(%(channels)s) end
    and not exists (
        select from forgotten g where g.workspace = m.workspace and g.person = m.person)
    and not exists (select from feedback f where f.answer_id = a.id and f.person = m.person
        and f.is_current and f.label = 'good')
group by d.id, s.id order by people desc, since, d.id limit %(most)s;

-- name: taught
-- How many examples came of bad answers, and how many of them are approved.
select count(*), count(*) filter (where state = 'approved')
from examples where workspace = %(workspace)s and cause is not null and state <> 'rejected';

-- name: channels_asked
-- The conversations of examples, of questions of the last 30 days that no document answers, and of
-- answers that somebody calls outdated.
select distinct a.channel from answers a left join causes c on c.answer_id = a.id
where a.workspace = %(workspace)s and a.channel is not null and (
    (coalesce(c.cause = 'not_indexed', a.abstained) and a.created_at > now() - interval '30 days')
    or exists (select from examples e where e.answer_id = a.id)
    or exists (select from remarks m
        where m.answer_id = a.id and m.is_current and 'outdated' = any(m.reasons)));

-- name: decide_example
-- Says of an example whether it may be trained on, with other words where they were edited.
update examples set state = %(state)s, chosen = coalesce(%(chosen)s::text, chosen),
    is_edited = is_edited or %(chosen)s::text is not null
where workspace = %(workspace)s and id = %(id)s
returning id;

-- name: keep_review
-- What a reviewer said last of an example.
insert into reviews (workspace, example_id, reviewer, verdict)
values (%(workspace)s, %(id)s, %(reviewer)s, %(verdict)s)
on conflict (example_id, reviewer) do update set verdict = excluded.verdict, created_at = now();

-- name: reviews
-- Every review: the example, who, and whether it is to stay.
select example_id, reviewer, verdict <> 'reject' as keeps
from reviews where workspace = %(workspace)s order by example_id, reviewer;

-- name: example_by_key
-- The number of an example.
select id from examples where workspace = %(workspace)s and key = %(key)s;

-- name: freezable
-- The examples that may be frozen: those approved, or also those that nobody has reviewed.
select * from examples
where workspace = %(workspace)s
    and (state = 'approved' or (%(unreviewed)s and state = 'waiting'))
order by key;

-- name: keep_dataset
-- Keeps a frozen dataset; freezing the same again is the same dataset.
insert into datasets (workspace, hash, content, card, counts, lineage, people, documents, frozen_by)
values (%(workspace)s, %(hash)s, %(content)s, %(card)s, %(counts)s, %(lineage)s, %(people)s,
    %(documents)s, %(by)s)
on conflict (workspace, hash) do update set content = excluded.content, people = excluded.people,
    documents = excluded.documents, stale_since = null, stale_reason = null;

-- name: list_datasets
-- Every dataset, the newest first, without its content.
select hash, counts, card, frozen_by, created_at, stale_since, stale_reason
from datasets where workspace = %(workspace)s order by id desc;

-- name: stale_datasets
-- The hashes of the datasets that have lost their content.
select hash from datasets where workspace = %(workspace)s and stale_since is not null;

-- name: dataset_content
-- The lines of the dataset whose hash begins so, else of the newest; nothing where it is stale.
select hash, content, stale_reason from datasets
where workspace = %(workspace)s and starts_with(hash, %(hash)s)
order by id desc limit 1;

-- name: keys_of_documents
-- The keys and readers of those of these documents that are there.
select id, key, readers from documents where workspace = %(workspace)s and id = any(%(ids)s);

-- name: texts_of_documents
-- Documents that these may read, the newest first.
select key, title, left(text, 20000) from documents
where workspace = %(workspace)s and readers && %(readers)s
order by indexed_at desc, id desc limit %(most)s;

-- name: models_to_retrain
-- The models that were made of a dataset which has lost its content since.
select m.name from models m join datasets s on s.workspace = m.workspace and s.hash = m.dataset
where m.workspace = %(workspace)s and s.stale_since is not null order by m.id;

-- name: lesson_threads
-- What was said before the questions of these answers.
select id, thread from answers where workspace = %(workspace)s and id = any(%(ids)s);

-- name: register_weights
-- Adds learned weights as a candidate.
insert into retriever_weights
    (workspace, embedder, dimensions, dense, adapter, adapter_hash, lessons, lessons_hash, answers,
    documents, people, code_version, learned_by, passes, verdict, metrics, against)
values (%(workspace)s, %(embedder)s, %(dimensions)s, %(dense)s, %(adapter)s, %(adapter_hash)s,
    %(lessons)s, %(lessons_hash)s, %(answers)s, %(documents)s, %(people)s, %(code_version)s, %(by)s,
    %(passes)s, %(verdict)s, %(metrics)s, %(against)s)
returning id;

-- name: list_weights
-- All weights that were learned for an embedder, those served first, then the newest.
select id, dense, adapter is not null as has_adapter, state, lessons, learned_by, created_at, passes,
    verdict, against, replaced, decided_by, reason, decided_at, stale_reason
from retriever_weights
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
order by state = 'served' desc, id desc;

-- name: lock_weights
-- One change of what the search is weighed by at a time in a workspace.
select pg_advisory_xact_lock(hashtextextended('weights:' || %(workspace)s, 0));

-- name: retire_weights
-- Takes the served weights out of service.
update retriever_weights
set state = 'retired', decided_by = %(by)s, reason = %(reason)s, decided_at = now()
where id = %(id)s;

-- name: serve_weights
-- Puts weights into service, after others or once more.
update retriever_weights
set state = 'served', decided_by = %(by)s, reason = %(reason)s, decided_at = now(),
    replaced = %(replaced)s
where id = %(id)s;

-- name: spoil_weights_of_person
-- Weights that somebody has a part in have to be learned anew.
update retriever_weights set stale_since = coalesce(stale_since, now()),
    stale_reason = coalesce(stale_reason, 'a person is forgotten'),
    people = array_remove(people, %(person)s)
where workspace = %(workspace)s and people @> array[%(person)s];

-- name: spoil_weights_of_gone
-- Weights that learned from a document which is gone have to be learned anew.
update retriever_weights w set stale_since = now(), stale_reason = 'a document is gone'
where w.workspace = %(workspace)s and w.stale_since is null and exists (
    select from unnest(w.documents) as used where not exists (
        select from documents d where d.workspace = w.workspace and d.id = used));

-- name: weights_to_relearn
-- Weights in service or to be served that have learned what had to leave since.
select id from retriever_weights
where workspace = %(workspace)s and stale_since is not null and state <> 'retired' order by id;
