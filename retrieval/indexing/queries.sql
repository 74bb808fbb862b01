-- name: retire_live_generation
-- Retire the live generation, or make it a candidate; `make_live` follows in the same transaction.
update generations set state = %(state)s, switched_at = now()
where workspace = %(workspace)s and state = 'live' and id <> %(generation)s;

-- name: make_live
-- Make a generation live.
update generations
set state = 'live', switched_at = now(), switched_from = %(switched_from)s, comparison = null
where workspace = %(workspace)s and id = %(generation)s;

-- name: grow_golden
-- Add a golden question for each answer that more people found good than bad, with its first cited
-- quote. If the document has changed since, its hash is left empty, so that the quote is checked.
insert into golden_questions
    (workspace, question, quote, document_id, document_hash, readers, answer_id)
select a.workspace, a.question, cited.quote, d.id,
    case when d.indexed_at <= a.created_at then d.hash else '' end, a.readers, a.id
from (
    select answer_id from feedback where workspace = %(workspace)s and is_current
    group by answer_id
    having count(*) filter (where label = 'good') > count(*) filter (where label = 'bad')
) as liked
join answers a on a.id = liked.answer_id and a.workspace = %(workspace)s
cross join lateral jsonb_to_recordset(a.citations)
    as cited (n int, document_id bigint, quote text)
join documents d on d.id = cited.document_id and d.workspace = a.workspace
where not a.abstained and a.question <> '' and a.thread = '[]' and d.readers && a.readers
  and cited.n::text = substring(a.text from '\[(\d{1,3})\]')
  and not exists (
      select from forgotten f where f.workspace = a.workspace and f.person = a.person)
on conflict (answer_id) do nothing;

-- name: keep_correction
-- Add a golden question for a correction, with the quote that supports it; it replaces the one from
-- liking the same answer. The hash of a new quote is left empty, so that the quote is checked.
insert into golden_questions
    (workspace, question, quote, document_id, document_hash, readers, answer_id, better_id)
select a.workspace, a.question, %(quote)s, d.id, '', a.readers, a.id, b.id
from answers a
join better_answers b on b.answer_id = a.id and b.id = %(better)s and b.is_current
join documents d on d.id = %(document)s and d.workspace = a.workspace
where a.workspace = %(workspace)s and a.id = %(answer)s and a.question <> '' and a.thread = '[]'
  and d.readers && a.readers
on conflict (answer_id) do update set
    question = excluded.question, quote = excluded.quote, document_id = excluded.document_id,
    readers = excluded.readers, better_id = excluded.better_id,
    document_hash = case when golden_questions.quote = excluded.quote
        and golden_questions.document_id = excluded.document_id
        then golden_questions.document_hash else '' end;

-- name: drop_corrections
-- Delete golden questions of corrections that give none any more, except those of open answers.
delete from golden_questions where workspace = %(workspace)s and better_id is not null
  and not answer_id = any(%(answers)s) and not answer_id = any(%(open)s);

-- name: drop_turned_golden
-- Delete golden questions whose answer is no longer liked, whose correction was withdrawn, or whose
-- asker or author had their data erased.
delete from golden_questions g using answers a
where g.workspace = %(workspace)s and a.id = g.answer_id and (
  exists (select from forgotten f where f.workspace = g.workspace and f.person = a.person)
  or case when g.better_id is null then not (
    select count(*) filter (where label = 'good') > count(*) filter (where label = 'bad')
    from feedback where answer_id = g.answer_id and is_current
  ) else not exists (
    select from better_answers b where b.id = g.better_id and b.is_current and not exists (
      select from forgotten f where f.workspace = g.workspace and f.person = b.author)
  ) end);

-- name: unsure_golden
-- List golden questions whose document has changed since the quote was checked, with its text.
select g.id, g.quote, d.hash, d.text
from golden_questions g join documents d on d.id = g.document_id
where g.workspace = %(workspace)s and g.document_hash <> d.hash
order by g.id;

-- name: keep_golden
-- Record that the quote is still in the document's current text.
update golden_questions set document_hash = %(hash)s where id = %(id)s;

-- name: drop_golden
-- Delete a golden question: its quote is gone, or somebody removed it.
delete from golden_questions where workspace = %(workspace)s and id = %(id)s returning id;

-- name: list_golden
-- List the golden questions whose document their audience may still read, oldest first.
select g.id, g.question, g.quote, g.document_id, d.title, g.readers,
    case when g.answer_id is null then 'hand' when g.better_id is null then 'liking'
        else 'correction' end as origin
from golden_questions g join documents d on d.id = g.document_id
where g.workspace = %(workspace)s and d.readers && g.readers
order by g.id;

-- name: add_golden
-- Add a golden question by hand, or replace the one with the same question.
insert into golden_questions (workspace, question, quote, document_id, document_hash, readers)
values (%(workspace)s, %(question)s, %(quote)s, %(document)s, %(hash)s, %(readers)s)
on conflict (workspace, md5(question)) where answer_id is null do update set
    quote = excluded.quote, document_id = excluded.document_id,
    document_hash = excluded.document_hash, readers = excluded.readers;

-- name: documents_with
-- Find documents that have this quote literally, apart from whitespace, newest first.
select id, hash, title, readers from documents
where workspace = %(workspace)s
  and position(regexp_replace(%(quote)s, '\s+', ' ', 'g')
               in regexp_replace(text, '\s+', ' ', 'g')) > 0
order by id desc limit 2;

-- name: begin_run
-- Insert a run. Runs still marked as running were broken off, since only one runs at a time.
with broken as (
    update reindex_runs set state = 'broken off', finished_at = seen_at
    where workspace = %(workspace)s and state = 'running'
)
insert into reindex_runs (workspace, kind, scope, started_by)
values (%(workspace)s, %(kind)s, %(scope)s, %(started_by)s)
returning id;

-- name: note_progress
-- Record a run's progress; return who cancelled it, if anybody did.
update reindex_runs set step = %(step)s, done = %(done)s, total = %(total)s,
    seconds_left = %(seconds_left)s, seen_at = now()
where id = %(id)s returning cancelled_by;

-- name: end_run
-- Record a run's end and outcome.
update reindex_runs set state = %(state)s, outcome = %(outcome)s, seconds_left = null,
    seen_at = now(), finished_at = now()
where id = %(id)s;

-- name: forget_run
-- Delete a run that was refused.
delete from reindex_runs where id = %(id)s;

-- name: cancel_run
-- Ask the current run to stop.
update reindex_runs set cancelled_by = %(cancelled_by)s
where workspace = %(workspace)s and state = 'running'
returning id;

-- name: last_run
-- Find the newest run of a workspace; a running one whose lock is free has died.
select id, kind, scope, started_by,
    case when state = 'running' and not exists (
        select from pg_locks
        where locktype = 'advisory' and objsubid = 1
          and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32) | objid::bigint = hashtextextended(%(lock)s, 7)
    ) then 'broken off' else state end as state,
    step, done, total, seconds_left, cancelled_by, outcome, started_at, seen_at, finished_at
from reindex_runs where workspace = %(workspace)s order by id desc limit 1;

-- name: index_bytes
-- Measure a generation's bytes on disk and count its chunks.
select pg_total_relation_size(('chunks_g' || {generation})::regclass)
        + pg_total_relation_size(('postings_g' || {generation})::regclass),
    (select count(*) from {chunks});

-- name: some_documents
-- Sample documents: ordering by hash is as good as random.
select key, title, text from documents where workspace = %(workspace)s order by hash limit %(limit)s;

-- name: count_golden
-- Count the golden questions.
select count(*) from golden_questions where workspace = %(workspace)s;

-- name: index_state
-- List the live generation and those being built or waiting for a decision, for the status.
select id, embedder, state, comparison from generations
where workspace = %(workspace)s and state in ('live', 'building', 'candidate')
order by state = 'live' desc, id desc;
