-- name: retire_live_generation
-- Takes the pointer away from the live generation; the next statement gives it to another.
update generations set state = %(state)s, switched_at = now()
where workspace = %(workspace)s and state = 'live' and id <> %(generation)s;

-- name: make_live
-- Moves the pointer.
update generations
set state = 'live', switched_at = now(), switched_from = %(switched_from)s, comparison = null
where workspace = %(workspace)s and id = %(generation)s;

-- name: grow_golden
-- A golden question from each answer that more people found good than bad: the first thing it cites.
-- A document that has changed since then is looked at before it counts (its hash is left empty).
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
-- A golden question from a better answer: the words of a document that it stands on, in the place of
-- what was liked of the same answer. Words that are new are looked at before they count.
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
-- Golden questions from better answers that give none any more; not those of answers left open.
delete from golden_questions where workspace = %(workspace)s and better_id is not null
  and not answer_id = any(%(answers)s) and not answer_id = any(%(open)s);

-- name: drop_turned_golden
-- Golden questions whose answer is liked no more, whose better answer was taken back, or of which
-- somebody is forgotten.
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
-- Golden questions whose document has changed since it was looked at, with the document's text.
select g.id, g.quote, d.hash, d.text
from golden_questions g join documents d on d.id = g.document_id
where g.workspace = %(workspace)s and g.document_hash <> d.hash
order by g.id;

-- name: keep_golden
-- The quote still stands in the document as it is now.
update golden_questions set document_hash = %(hash)s where id = %(id)s;

-- name: drop_golden
-- The quote stands there no more, or somebody wants the question gone.
delete from golden_questions where workspace = %(workspace)s and id = %(id)s returning id;

-- name: list_golden
-- The golden questions whose document their audience may still read, oldest first.
select g.id, g.question, g.quote, g.document_id, d.title, g.readers,
    case when g.answer_id is null then 'hand' when g.better_id is null then 'liking'
        else 'correction' end as origin
from golden_questions g join documents d on d.id = g.document_id
where g.workspace = %(workspace)s and d.readers && g.readers
order by g.id;

-- name: add_golden
-- A golden question by hand; the same question again takes the place of the first.
insert into golden_questions (workspace, question, quote, document_id, document_hash, readers)
values (%(workspace)s, %(question)s, %(quote)s, %(document)s, %(hash)s, %(readers)s)
on conflict (workspace, md5(question)) where answer_id is null do update set
    quote = excluded.quote, document_id = excluded.document_id,
    document_hash = excluded.document_hash, readers = excluded.readers;

-- name: documents_with
-- Documents that hold these words as they stand, blanks aside, newest first.
select id, hash, title, readers from documents
where workspace = %(workspace)s
  and position(regexp_replace(%(quote)s, '\s+', ' ', 'g')
               in regexp_replace(text, '\s+', ' ', 'g')) > 0
order by id desc limit 2;

-- name: begin_run
-- A new run; those that still count as running were broken off, for only one runs at a time.
with broken as (
    update reindex_runs set state = 'broken off', finished_at = seen_at
    where workspace = %(workspace)s and state = 'running'
)
insert into reindex_runs (workspace, kind, scope, started_by)
values (%(workspace)s, %(kind)s, %(scope)s, %(started_by)s)
returning id;

-- name: note_progress
-- How far a run is; tells whether somebody wants it to end.
update reindex_runs set step = %(step)s, done = %(done)s, total = %(total)s,
    seconds_left = %(seconds_left)s, seen_at = now()
where id = %(id)s returning cancelled_by;

-- name: end_run
-- A run's end and what came of it.
update reindex_runs set state = %(state)s, outcome = %(outcome)s, seconds_left = null,
    seen_at = now(), finished_at = now()
where id = %(id)s;

-- name: forget_run
-- A run that never began.
delete from reindex_runs where id = %(id)s;

-- name: cancel_run
-- Asks the run that goes on to end.
update reindex_runs set cancelled_by = %(cancelled_by)s
where workspace = %(workspace)s and state = 'running'
returning id;

-- name: last_run
-- The newest run of a workspace; one that nobody holds the lock of has died.
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
-- What a generation takes on disk, and how many chunks it has.
select pg_total_relation_size(('chunks_g' || {generation})::regclass)
        + pg_total_relation_size(('postings_g' || {generation})::regclass),
    (select count(*) from {chunks});

-- name: some_documents
-- Some documents, as if drawn by lot: by their hash.
select key, title, text from documents where workspace = %(workspace)s order by hash limit %(limit)s;

-- name: count_golden
-- How many golden questions there are.
select count(*) from golden_questions where workspace = %(workspace)s;

-- name: index_state
-- The live generation, and the one that is being built or waits for a decision, for a status.
select id, embedder, state, comparison from generations
where workspace = %(workspace)s and state in ('live', 'building', 'candidate')
order by state = 'live' desc, id desc;
