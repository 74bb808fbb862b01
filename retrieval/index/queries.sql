-- `{chunks}` and `{postings}` are a generation's own partitions, `{dimensions}` is the size of its
-- vectors.

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
select hash, embedding from {chunks} where document_id = %(document)s;

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
    reader_set, terms, embedding) from stdin (format binary);

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

-- name: count_documents
-- How many documents a workspace has.
select count(*) from documents where workspace = %(workspace)s;

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
