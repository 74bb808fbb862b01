-- Every statement of retrieval. `{chunks}` and `{postings}` are a generation's own partitions,
-- `{dimensions}` is the size of its vectors.

-- name: confine
-- A connection acts as this role and sees this workspace until it ends.
select set_config('role', %(role)s, false), set_config('houselore.workspace', %(workspace)s, false);

-- name: live_generation
-- The generation that questions are answered from.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations where workspace = %(workspace)s and state = 'live';

-- name: index_version
-- What differs as soon as a chunk comes or goes or other weights are served, and now and then
-- without that.
select concat_ws('/', coalesce(max(id), 0), coalesce(sum(chunks), 0),
    (select count(*) from dead_chunks where generation = %(generation)s),
    (select w.id from retriever_weights w join generations g
        on g.workspace = w.workspace and g.embedder = w.embedder and g.dimensions = w.dimensions
     where g.id = %(generation)s and w.state = 'served'))
from segments where generation = %(generation)s;

-- name: find_generation
-- The newest generation of this identity, the live one first and a retired one last.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
  and splitter = %(splitter)s and analyser = %(analyser)s
order by array_position(array['live', 'candidate', 'building', 'retired'], state), id desc limit 1;

-- name: insert_generation
-- A new generation; its partition and vector index are made in the same transaction.
insert into generations
    (workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_at)
values (%(workspace)s, %(embedder)s, %(embedder_url)s, %(dimensions)s, %(splitter)s, %(analyser)s,
        %(state)s, case when %(state)s = 'live' then now() end)
returning id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from;

-- name: take_generations
-- Nobody else begins with an index until the transaction ends, and all who had begun are done.
lock table generations in access exclusive mode;

-- name: make_partitions
-- A place for the chunks and the postings of one generation.
select make_generation_partition(%(generation)s);

-- name: lacks_vector_index
-- Whether a generation has so many chunks and no graph of nearest neighbours yet.
select not exists (
        select from pg_indexes
        where schemaname = current_schema() and indexname = 'chunks_g' || {generation} || '_embedding'
    ) and (select count(*) from (select from {chunks} limit %(fewest)s) as first_ones) = %(fewest)s;

-- name: build_vector_index
-- Approximate nearest neighbours by cosine, in half precision. A graph that outgrows this memory is
-- built much slower: 1 GB holds some 600,000 chunks; less is taken for a smaller one, more where the
-- server allows it. Workers would take all of it, in /dev/shm.
select set_config('maintenance_work_mem', greatest(1048576,
        pg_size_bytes(current_setting('maintenance_work_mem')) / 1024) || 'kB', true),
    set_config('max_parallel_maintenance_workers', '0', true),
    build_vector_index(%(generation)s);

-- name: retire_live_generation
-- Takes the pointer away from the live generation; the next statement gives it to another.
update generations set state = %(state)s, switched_at = now()
where workspace = %(workspace)s and state = 'live' and id <> %(generation)s;

-- name: make_live
-- Moves the pointer.
update generations
set state = 'live', switched_at = now(), switched_from = %(switched_from)s, comparison = null
where workspace = %(workspace)s and id = %(generation)s;

-- name: retire_generations
-- Takes a whole workspace out of answering, so that its generations can be dropped.
update generations set state = 'retired' where workspace = %(workspace)s returning id;

-- name: forget_reader_sets
-- Who could read the documents of a workspace that has none left.
delete from reader_sets where workspace = %(workspace)s;

-- name: documents_to_fill
-- Documents of which a generation has no chunk for the readers they have now, some at a time.
select d.id, d.hash, d.key, d.title, d.text, d.version, d.url, d.readers, d.modified_at
from documents d
where d.workspace = %(workspace)s and d.id > %(after)s
  and not exists (
      select from {chunks} c join reader_sets r on r.id = c.reader_set
      where c.document_id = d.id and r.readers = d.readers)
order by d.id limit %(limit)s;

-- name: is_live
-- Whether a generation still answers questions.
select from generations where id = %(generation)s and state = 'live';

-- name: hold_documents
-- Documents of a source, kept until the transaction ends. All who lock several documents do it in
-- the order of their ids, so that no two wait for each other.
select id from documents where source_id = %(source)s and key = any(%(keys)s)
order by id for update;

-- name: hold_source
-- As `hold_documents`, all documents of a source.
select id from documents where source_id = %(source)s order by id for update;

-- name: hold_document
-- A document as long as it has this hash, kept so until the transaction ends.
select id from documents where id = %(document)s and hash = %(hash)s for update;

-- name: upsert_source
-- A source by its place; its readers and prefix are what was said last.
insert into sources (workspace, kind, location, readers, url_prefix)
values (%(workspace)s, %(kind)s, %(location)s, %(readers)s, %(url_prefix)s)
on conflict (workspace, kind, location)
    do update set readers = excluded.readers, url_prefix = excluded.url_prefix
returning id;

-- name: list_sources
-- A workspace's sources with the number of their documents.
select s.id, s.kind, s.location, s.readers, s.url_prefix, s.synced_at, count(d.id) as documents
from sources s left join documents d on d.source_id = s.id
where s.workspace = %(workspace)s group by s.id order by s.id;

-- name: readable_sources
-- The sources of documents that an audience may read, with how many of them it may.
select s.location, count(*) from documents d join sources s on s.id = d.source_id
where d.workspace = %(workspace)s and d.readers && %(readers)s
group by s.id order by count(*) desc, s.id;

-- name: forget_source
-- A source with its documents and chunks.
delete from sources where workspace = %(workspace)s and id = %(source)s returning id;

-- name: try_lock
-- One holder of a name: the lock falls when the connection ends, however it ends.
select pg_try_advisory_lock(hashtextextended(%(name)s, 7));

-- name: unlock
-- Lets the next one have it.
select pg_advisory_unlock(hashtextextended(%(name)s, 7));

-- name: known_documents
-- What the index holds of a source.
select key, id, version, hash from documents where source_id = %(source)s;

-- name: set_document_readers
-- Who may read a source's documents now; their chunks follow when the generation is filled.
update documents set readers = %(readers)s
where source_id = %(source)s and readers is distinct from %(readers)s;

-- name: upsert_document
-- A document as it is now.
insert into documents
    (workspace, source_id, key, title, url, text, version, hash, readers, modified_at)
values (%(workspace)s, %(source)s, %(key)s, %(title)s, %(url)s, %(text)s, %(version)s, %(hash)s,
        %(readers)s, %(modified_at)s)
on conflict (source_id, key) do update set
    title = excluded.title, url = excluded.url, text = excluded.text, version = excluded.version,
    hash = excluded.hash, readers = excluded.readers, modified_at = excluded.modified_at,
    indexed_at = now()
returning id;

-- name: refresh_document
-- A document whose text is as it was; its chunks stay.
update documents set url = %(url)s, version = %(version)s, modified_at = %(modified_at)s
where id = %(document)s;

-- name: delete_documents
-- Documents that their source no longer has.
delete from documents where source_id = %(source)s and key = any(%(keys)s);

-- name: finish_sync
-- When a source was last read to its end.
update sources set synced_at = now() where id = %(source)s;

-- name: known_vectors
-- The vectors of a document's chunks by what was embedded, to be used again.
select hash, embedding::text from {chunks} where document_id = %(document)s;

-- name: delete_chunks
-- The chunks of documents in one generation.
delete from {chunks} where document_id = any(%(documents)s);

-- name: delete_all_chunks
-- The chunks of documents in every generation: one that is not live is filled before it ever is.
delete from chunks where document_id = any(%(documents)s);

-- name: make_incoming
-- Where chunks are copied to: COPY cannot write to a table under row-level security.
create temporary table if not exists incoming_chunks (
    document_id bigint, position int, headings text[], text text, start_offset int, end_offset int,
    hash text, reader_set int, terms int, embedding halfvec
) on commit delete rows;

-- name: copy_incoming
-- Chunks in bulk.
copy incoming_chunks (document_id, position, headings, text, start_offset, end_offset, hash,
    reader_set, terms, embedding) from stdin;

-- name: insert_incoming
-- The copied chunks in their generation.
insert into {chunks} (generation, workspace, document_id, position, headings, text, start_offset,
    end_offset, hash, reader_set, terms, embedding)
select %(generation)s, %(workspace)s, document_id, position, headings, text, start_offset,
    end_offset, hash, reader_set, terms, embedding
from incoming_chunks
returning document_id, position, id;

-- name: insert_reader_set
-- A set of readers, if it is a new one.
insert into reader_sets (workspace, readers) values (%(workspace)s, %(readers)s)
on conflict do nothing;

-- name: find_reader_set
-- The number of a set of readers.
select id from reader_sets where workspace = %(workspace)s and readers = %(readers)s;

-- name: share_segments
-- Keeps a workspace's segments from being merged until the transaction ends. To be taken before any
-- row is locked: who holds a row and waits for a merge would stop who shares and waits for the row.
select pg_advisory_xact_lock_shared(hashtextextended('segments', id))
from generations where workspace = current_setting('houselore.workspace', true) order by id;

-- name: hold_segments
-- Keeps all writers of a generation's chunks waiting until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('segments', id))
from generations where id = %(generation)s;

-- name: insert_segment
-- A segment of the inverted index.
insert into segments (generation, workspace, reader_set, chunks, terms)
values (%(generation)s, %(workspace)s, %(reader_set)s, %(chunks)s, %(terms)s)
returning id;

-- name: insert_postings
-- A segment's postings: for each term its packed entries.
insert into {postings} (generation, workspace, segment, term, entries)
select %(generation)s, %(workspace)s, %(segment)s, term, entries
from unnest(%(terms)s::text[], %(entries)b::bytea[]) as packed (term, entries);

-- name: list_segments
-- A generation's segments, the smallest of each set of readers first.
select id, reader_set, chunks from segments
where generation = %(generation)s and workspace = %(workspace)s
order by reader_set, chunks, id;

-- name: merge_segments
-- Several segments of one set of readers as one: the entries of each term are joined.
with merged as (
    insert into segments (generation, workspace, reader_set, chunks, terms)
    select generation, workspace, reader_set, sum(chunks), sum(terms) from segments
    where id = any(%(segments)s) group by generation, workspace, reader_set
    returning id
), gone as (
    delete from segments where id = any(%(segments)s)
), taken as (
    delete from {postings} where segment = any(%(segments)s) returning term, entries
)
insert into {postings} (generation, workspace, segment, term, entries)
select %(generation)s, %(workspace)s, merged.id, term, string_agg(entries, ''::bytea)
from taken cross join merged group by merged.id, term;

-- name: count_dead
-- How many chunks of each set of readers are gone that segments still hold.
select reader_set, count(*) from dead_chunks
where generation = %(generation)s and workspace = %(workspace)s group by reader_set;

-- name: take_dead
-- The chunks of a set of readers that are gone, which are then forgotten.
delete from dead_chunks
where generation = %(generation)s and workspace = %(workspace)s and reader_set = %(reader_set)s
returning chunk, terms;

-- name: segment_postings
-- All postings of a segment.
select term, entries from {postings} where segment = %(segment)s;

-- name: set_postings
-- A segment's postings without what is gone.
update {postings} p set entries = packed.entries
from unnest(%(terms)s::text[], %(entries)s::bytea[]) as packed (term, entries)
where p.segment = %(segment)s and p.term = packed.term;

-- name: delete_empty_postings
-- Terms that no chunk of a segment holds any more.
delete from {postings} where segment = %(segment)s and entries = ''::bytea;

-- name: shrink_segment
-- A segment's size without what is gone.
update segments set chunks = chunks - %(chunks)s, terms = terms - %(terms)s
where id = %(segment)s;

-- name: read_as_of_now
-- One state of the index for all statements of a transaction, whoever merges meanwhile.
set transaction isolation level repeatable read, read only;

-- name: visible_segments
-- The segments that an audience may search, with how much they hold.
select s.id, s.reader_set, s.chunks, s.terms
from reader_sets r join segments s on s.reader_set = r.id and s.generation = %(generation)s
where r.workspace = %(workspace)s and r.readers && %(readers)s;

-- name: visible_dead
-- What of it is gone: the chunks' ids in one value, for they may be thousands, and their terms.
select coalesce(string_agg(int8send(d.chunk), ''::bytea), ''::bytea),
    coalesce(sum(d.terms), 0)::bigint
from reader_sets r join dead_chunks d on d.reader_set = r.id and d.generation = %(generation)s
where r.workspace = %(workspace)s and r.readers && %(readers)s;

-- name: tune_search
-- How many candidates, and whether further ones while a filter starves the scan (which pgvector can
-- since 0.8).
select set_config('hnsw.ef_search', %(ef_search)s::text, true),
    case when (select string_to_array(extversion, '.')::int[] >= array[0, 8]
               from pg_extension where extname = 'vector')
    then set_config('hnsw.iterative_scan', %(iterative_scan)s, true) end;

-- name: search_dense
-- The chunks nearest to a vector that the audience may read, with their cosine similarity. The
-- graph gives them in about the right order: `strict_order` would drop what comes late.
with nearest as materialized (
    select id, embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions}) as distance
    from {chunks}
    where workspace = %(workspace)s and reader_set = any(%(reader_sets)s)
    order by embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})
    limit %(limit)s
)
select id, 1 - distance as score from nearest order by distance, id;

-- name: search_dense_exact
-- The same by comparing every vector: an index on the distance does not serve for `+ 0`.
select id, 1 - (embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})) as score
from {chunks}
where workspace = %(workspace)s and reader_set = any(%(reader_sets)s)
order by (embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})) + 0, id
limit %(limit)s;

-- name: find_postings
-- The entries of the terms in the segments that the audience may search.
select term, entries from {postings}
where workspace = %(workspace)s and term = any(%(terms)s) and segment = any(%(segments)s);

-- name: count_standing
-- How many of these chunks are still there for an audience.
select count(*) from {chunks} c join documents d on d.id = c.document_id
where c.generation = {generation} and c.id = any(%(ids)s) and c.workspace = %(workspace)s
  and d.readers && %(readers)s;

-- name: served_weights
-- The weights that are served for an embedder; the SHA-256 of their adapter, if they have one.
select id, dense, adapter_hash from retriever_weights
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
  and state = 'served';

-- name: weights_adapter
-- The adapter of some weights.
select adapter from retriever_weights where id = %(id)s;

-- name: chunk_vectors
-- Chunks by their ids or their documents, with their vectors, if the audience may still read them.
select c.id, c.document_id, c.text, c.embedding::real[]
from {chunks} c join documents d on d.id = c.document_id
where c.generation = {generation} and c.workspace = %(workspace)s
  and (c.id = any(%(ids)s) or c.document_id = any(%(documents)s))
  and c.reader_set = any(%(reader_sets)s) and d.readers && %(readers)s
order by c.id;

-- name: load_pages
-- Documents, of long ones a part, with the places of its chunks, if the audience may read them now.
select d.id, d.key, d.title, d.url, d.modified_at, d.readers,
    substr(d.text, wanted.start + 1, %(most)s) as text,
    array_agg(c.id order by c.position) as chunk_ids,
    array_agg(c.start_offset order by c.position) as chunk_starts,
    array_agg(c.end_offset order by c.position) as chunk_ends,
    (array_agg(to_jsonb(c.headings) order by c.position)
        filter (where c.start_offset >= wanted.start))[1] as headings
from unnest(%(documents)s::bigint[], %(starts)s::int[]) as wanted (document, start)
join documents d on d.id = wanted.document
join {chunks} c on c.document_id = d.id
where c.generation = {generation} and c.workspace = %(workspace)s and d.readers && %(readers)s
  and c.end_offset > wanted.start and c.start_offset < wanted.start + %(most)s
group by d.id, wanted.start;

-- name: load_passages
-- What a citation needs of chunks, if the audience may still read them.
select c.id, c.document_id, d.key, d.title, d.url, c.headings, c.text, d.modified_at, d.readers,
    c.start_offset
from {chunks} c join documents d on d.id = c.document_id
where c.generation = {generation} and c.id = any(%(ids)s) and c.workspace = %(workspace)s
  and c.reader_set = any(%(reader_sets)s) and d.readers && %(readers)s;

-- Generations in public

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

-- name: count_documents
-- How many documents a workspace has.
select count(*) from documents where workspace = %(workspace)s;

-- name: index_bytes
-- What a generation takes on disk, and how many chunks it has.
select pg_total_relation_size(('chunks_g' || {generation})::regclass)
        + pg_total_relation_size(('postings_g' || {generation})::regclass),
    (select count(*) from {chunks});

-- name: some_documents
-- Some documents, as if drawn by lot: by their hash.
select key, title, text from documents where workspace = %(workspace)s order by hash limit %(limit)s;

-- name: lacking_documents
-- Documents that a generation has no chunk of for the readers they have now.
select d.id, d.hash, d.readers from documents d
where d.workspace = %(workspace)s
  and not exists (
      select from {chunks} c join reader_sets r on r.id = c.reader_set
      where c.document_id = d.id and r.readers = d.readers);

-- name: find_candidate
-- The generation that waits for a decision.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations where workspace = %(workspace)s and state = 'candidate' order by id desc limit 1;

-- name: find_previous
-- The generation that was live before the one that is.
select p.id, p.workspace, p.embedder, p.embedder_url, p.dimensions, p.splitter, p.analyser, p.state,
    p.switched_from
from generations g join generations p on p.id = g.switched_from
where g.workspace = %(workspace)s and g.state = 'live';

-- name: keep_as_candidate
-- A generation that is built and waits for a decision, with what speaks for and against it.
update generations set state = 'candidate', comparison = %(comparison)s where id = %(generation)s;

-- name: old_generations
-- Generations that nobody goes back to: all but the live one, the one before it for some days, and
-- the newest that is built in part or waits for a decision, for as long.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations g
where workspace = %(workspace)s and state <> 'live'
  and not exists (
      select from generations live where live.workspace = g.workspace and live.state = 'live'
      and live.switched_from = g.id and live.switched_at > now() - make_interval(days => %(days)s))
  and (state = 'retired' or exists (
      select from generations newer where newer.workspace = g.workspace
      and newer.state in ('building', 'candidate', 'live') and newer.id > g.id)
    or greatest(created_at, switched_at) < now() - make_interval(days => %(days)s))
order by id;

-- name: wait_shortly
-- Whoever needs a table for himself does not keep all others waiting long.
select set_config('lock_timeout', %(patience)s, true);

-- name: drop_generation
-- A generation with its chunks and postings.
select drop_generation(%(generation)s);

-- name: count_golden
-- How many golden questions there are.
select count(*) from golden_questions where workspace = %(workspace)s;

-- name: index_state
-- The live generation, and the one that is being built or waits for a decision, for a status.
select id, embedder, state, comparison from generations
where workspace = %(workspace)s and state in ('live', 'building', 'candidate')
order by state = 'live' desc, id desc;
