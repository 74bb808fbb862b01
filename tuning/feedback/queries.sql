-- name: judged
-- Every answer with feedback: what people said, and the documents it rests on. People who asked for
-- erasure are left out.
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
-- Add an example, or update who gave an existing one; its review stays.
insert into examples (workspace, key, kind, origin, answer_id, question, prompt, chosen, rejected,
    label, thread, sources, documents, readers, labels, people, cause, model, prompt_version)
values (%(workspace)s, %(key)s, %(kind)s, %(origin)s, %(answer_id)s, %(question)s, %(prompt)s,
    %(chosen)s, %(rejected)s, %(label)s, %(thread)s, %(sources)s, %(documents)s, %(readers)s,
    %(labels)s, %(people)s, %(cause)s, %(model)s, %(prompt_version)s)
on conflict (workspace, key) do update set labels = excluded.labels, people = excluded.people,
    cause = excluded.cause;

-- name: drop_withdrawn
-- Delete examples that today's feedback no longer gives; answers whose channel is unknown keep
-- theirs.
delete from examples where workspace = %(workspace)s and origin <> 'import'
    and not key = any(%(keys)s) and not answer_id = any(%(open)s);

-- name: allow_training
-- Set whether a channel may be trained on; how it is answered stays.
insert into channel_settings (workspace, channel, answers, set_by, train_on)
values (%(workspace)s, %(channel)s, 'mentions', %(by)s, %(train_on)s)
on conflict (workspace, channel) do update set train_on = excluded.train_on;

-- name: forget_person
-- Exclude a person from learning from now on.
insert into forgotten (workspace, person) values (%(workspace)s, %(person)s)
on conflict (workspace, person) do nothing;

-- name: drop_of_person
-- Delete the examples that a person has a part in.
delete from examples where workspace = %(workspace)s and people @> array[%(person)s];

-- name: drop_reviewer
-- Delete a person's reviews; the examples stay as they were decided.
delete from reviews where workspace = %(workspace)s and reviewer = %(person)s;

-- name: spoil_of_person
-- Mark datasets stale that hold a person's examples, and delete their content.
update datasets set content = null, stale_since = now(), stale_reason = 'a person is forgotten',
    people = array_remove(people, %(person)s)
where workspace = %(workspace)s and people @> array[%(person)s] and stale_since is null;

-- name: drop_of_gone
-- Delete examples of documents that are gone, or that their audience may read no longer; return
-- their number and those documents.
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
-- Mark datasets stale that hold text of a document that is gone, or one of these, and delete their
-- content.
update datasets s set content = null, stale_since = now(), stale_reason = 'a document is gone'
where s.workspace = %(workspace)s and s.stale_since is null and (
    s.documents && %(documents)s::bigint[] or exists (
        select 1 from unnest(s.documents) as used where not exists (
            select 1 from documents d where d.workspace = s.workspace and d.id = used)));

-- name: keep_cause
-- Store the cause of a bad answer as it is found now.
insert into causes (workspace, answer_id, cause) values (%(workspace)s, %(answer)s, %(cause)s)
on conflict (answer_id) do update set cause = excluded.cause;

-- name: drop_causes
-- Delete the causes of answers that are no longer bad; answers whose channel is unknown keep
-- theirs.
delete from causes where workspace = %(workspace)s
    and not answer_id = any(%(answers)s) and not answer_id = any(%(open)s);

-- name: gaps
-- Questions of the last 30 days that no document answers, most asked first, in these channels; null
-- means all but what was said to one person alone. A known cause counts before the abstention, and
-- a quotation that everybody rated good does count as an answer.
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
-- Documents that people call outdated and that have not changed since: how many people, since when,
-- most first. `readers` limits the documents, null is all; `channels` limits the answers, null is
-- all but those given to one person alone. Who rates the answer good by now no longer counts.
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
-- Count the examples that came of bad answers, and those of them that are approved.
select count(*), count(*) filter (where state = 'approved')
from examples where workspace = %(workspace)s and cause is not null and state <> 'rejected';

-- name: models_to_retrain
-- The models that were trained on a dataset which is stale by now.
select m.name from models m join datasets s on s.workspace = m.workspace and s.hash = m.dataset
where m.workspace = %(workspace)s and s.stale_since is not null order by m.id;

-- name: spoil_weights_of_person
-- Mark retrieval weights stale that a person has a part in.
update retriever_weights set stale_since = coalesce(stale_since, now()),
    stale_reason = coalesce(stale_reason, 'a person is forgotten'),
    people = array_remove(people, %(person)s)
where workspace = %(workspace)s and people @> array[%(person)s];

-- name: spoil_weights_of_gone
-- Mark retrieval weights stale that learned from a document which is gone.
update retriever_weights w set stale_since = now(), stale_reason = 'a document is gone'
where w.workspace = %(workspace)s and w.stale_since is null and exists (
    select from unnest(w.documents) as used where not exists (
        select from documents d where d.workspace = w.workspace and d.id = used));

-- name: weights_to_relearn
-- Stale retrieval weights that are served or are candidates.
select id from retriever_weights
where workspace = %(workspace)s and stale_since is not null and state <> 'retired' order by id;
