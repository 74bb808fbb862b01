-- `{chunks}` and `{postings}` are a generation's partitions, `{dimensions}` is the size of its
-- vectors.

-- name: live_generation
-- Find the generation that answers questions.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations where workspace = %(workspace)s and state = 'live';

-- name: index_version
-- Cache key: changes whenever chunks or served weights change, and sometimes without that (a
-- merge of segments).
select concat_ws('/', coalesce(max(id), 0), coalesce(sum(chunks), 0),
    (select count(*) from dead_chunks where generation = %(generation)s),
    (select w.id from retriever_weights w join generations g
        on g.workspace = w.workspace and g.embedder = w.embedder and g.dimensions = w.dimensions
     where g.id = %(generation)s and w.state = 'served'))
from segments where generation = %(generation)s;

-- name: find_generation
-- Find the newest generation of this identity, the live one first and a retired one last.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
  and splitter = %(splitter)s and analyser = %(analyser)s
order by array_position(array['live', 'candidate', 'building', 'retired'], state), id desc limit 1;

-- name: insert_generation
-- Insert a generation; its partitions are created in the same transaction.
insert into generations
    (workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_at)
values (%(workspace)s, %(embedder)s, %(embedder_url)s, %(dimensions)s, %(splitter)s, %(analyser)s,
        %(state)s, case when %(state)s = 'live' then now() end)
returning id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from;

-- name: take_generations
-- Wait for all transactions on any index, and keep new ones out until this one ends.
lock table generations in access exclusive mode;

-- name: make_partitions
-- Create the partitions for chunks and postings of a generation.
select make_generation_partition(%(generation)s);

-- name: lacks_vector_index
-- Whether a generation has at least so many chunks and no HNSW index yet.
select not exists (
        select from pg_indexes
        where schemaname = current_schema() and indexname = 'chunks_g' || {generation} || '_embedding'
    ) and (select count(*) from (select from {chunks} limit %(fewest)s) as first_ones) = %(fewest)s;

-- name: build_vector_index
-- Build the HNSW index for cosine distance, in half precision. A graph that does not fit into
-- maintenance_work_mem is built much slower; 1 GB holds about 600,000 chunks. A smaller graph takes
-- less, and the server's setting is used if it is higher. No parallel workers: they would reserve
-- all of the memory in /dev/shm.
select set_config('maintenance_work_mem', greatest(1048576,
        pg_size_bytes(current_setting('maintenance_work_mem')) / 1024) || 'kB', true),
    set_config('max_parallel_maintenance_workers', '0', true),
    build_vector_index(%(generation)s);

-- name: documents_to_fill
-- Find documents without a chunk in the generation for their current readers, a batch at a time.
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
-- Lock documents of a source until the transaction ends. Documents are always locked in the order
-- of their ids, so that no two transactions deadlock.
select id from documents where source_id = %(source)s and key = any(%(keys)s)
order by id for update;

-- name: hold_source
-- Like `hold_documents`, for all documents of a source.
select id from documents where source_id = %(source)s order by id for update;

-- name: hold_document
-- Lock a document until the transaction ends, if it still has this hash.
select id from documents where id = %(document)s and hash = %(hash)s for update;

-- name: upsert_source
-- Insert a source, or update the readers and URL prefix of the one at this location.
insert into sources (workspace, kind, location, readers, url_prefix)
values (%(workspace)s, %(kind)s, %(location)s, %(readers)s, %(url_prefix)s)
on conflict (workspace, kind, location)
    do update set readers = excluded.readers, url_prefix = excluded.url_prefix
returning id;

-- name: list_sources
-- List a workspace's sources with the number of their documents.
select s.id, s.kind, s.location, s.readers, s.url_prefix, s.synced_at, count(d.id) as documents
from sources s left join documents d on d.source_id = s.id
where s.workspace = %(workspace)s group by s.id order by s.id;

-- name: readable_sources
-- List the sources that an audience may read documents of, with the number of those documents.
select s.location, count(*) from documents d join sources s on s.id = d.source_id
where d.workspace = %(workspace)s and d.readers && %(readers)s
group by s.id order by count(*) desc, s.id;

-- name: forget_source
-- Delete a source with its documents and chunks.
delete from sources where workspace = %(workspace)s and id = %(source)s returning id;

-- name: known_documents
-- List the indexed documents of a source.
select key, id, version, hash from documents where source_id = %(source)s;

-- name: set_document_readers
-- Set the readers of a source's documents; their chunks follow when the generation is filled.
update documents set readers = %(readers)s
where source_id = %(source)s and readers is distinct from %(readers)s;

-- name: upsert_document
-- Insert or update a document.
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
-- Update a document whose text is unchanged; its chunks stay.
update documents set url = %(url)s, version = %(version)s, modified_at = %(modified_at)s
where id = %(document)s;

-- name: delete_documents
-- Delete documents that their source no longer has.
delete from documents where source_id = %(source)s and key = any(%(keys)s);

-- name: finish_sync
-- Record that a source was read completely.
update sources set synced_at = now() where id = %(source)s;

-- name: known_vectors
-- List the vectors of a document's chunks by the hash of the embedded text, to reuse them.
select hash, embedding from {chunks} where document_id = %(document)s;

-- name: delete_chunks
-- Delete the chunks of documents in one generation.
delete from {chunks} where document_id = any(%(documents)s);

-- name: delete_all_chunks
-- Delete the chunks of documents in every generation: one that is not live is filled before it
-- becomes live.
delete from chunks where document_id = any(%(documents)s);

-- name: make_incoming
-- Create a table to copy chunks into: COPY cannot write to a table with row-level security.
create temporary table if not exists incoming_chunks (
    document_id bigint, position int, headings text[], text text, start_offset int, end_offset int,
    hash text, reader_set int, terms int, embedding halfvec
) on commit delete rows;

-- name: copy_incoming
-- Copy chunks in bulk.
copy incoming_chunks (document_id, position, headings, text, start_offset, end_offset, hash,
    reader_set, terms, embedding) from stdin (format binary);

-- name: insert_incoming
-- Move the copied chunks into their generation.
insert into {chunks} (generation, workspace, document_id, position, headings, text, start_offset,
    end_offset, hash, reader_set, terms, embedding)
select %(generation)s, %(workspace)s, document_id, position, headings, text, start_offset,
    end_offset, hash, reader_set, terms, embedding
from incoming_chunks
returning document_id, position, id;

-- name: insert_reader_set
-- Insert a reader set if it is new.
insert into reader_sets (workspace, readers) values (%(workspace)s, %(readers)s)
on conflict do nothing;

-- name: find_reader_set
-- Find the id of a reader set.
select id from reader_sets where workspace = %(workspace)s and readers = %(readers)s;

-- name: share_segments
-- Keep a workspace's segments from being merged until the transaction ends. Take this lock before
-- any row lock: a transaction that has a row and waits here would deadlock with one that has this
-- lock and waits for the row.
select pg_advisory_xact_lock_shared(hashtextextended('segments', id))
from generations where workspace = current_setting('houselore.workspace', true) order by id;

-- name: hold_segments
-- Keep all writers of a generation's chunks out until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('segments', id))
from generations where id = %(generation)s;

-- name: insert_segment
-- Insert a segment of the inverted index.
insert into segments (generation, workspace, reader_set, chunks, terms)
values (%(generation)s, %(workspace)s, %(reader_set)s, %(chunks)s, %(terms)s)
returning id;

-- name: insert_postings
-- Insert a segment's posting lists, one packed list for each term.
insert into {postings} (generation, workspace, segment, term, entries)
select %(generation)s, %(workspace)s, %(segment)s, term, entries
from unnest(%(terms)s::text[], %(entries)b::bytea[]) as packed (term, entries);

-- name: list_segments
-- List a generation's segments, the smallest of each reader set first.
select id, reader_set, chunks from segments
where generation = %(generation)s and workspace = %(workspace)s
order by reader_set, chunks, id;

-- name: merge_segments
-- Merge several segments of one reader set: the posting lists of each term are concatenated.
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
-- Count the deleted chunks of each reader set that are still in segments (tombstones).
select reader_set, count(*) from dead_chunks
where generation = %(generation)s and workspace = %(workspace)s group by reader_set;

-- name: take_dead
-- Delete and return the tombstones of a reader set.
delete from dead_chunks
where generation = %(generation)s and workspace = %(workspace)s and reader_set = %(reader_set)s
returning chunk, terms;

-- name: segment_postings
-- List all posting lists of a segment.
select term, entries from {postings} where segment = %(segment)s;

-- name: set_postings
-- Replace posting lists of a segment by lists without deleted chunks.
update {postings} p set entries = packed.entries
from unnest(%(terms)s::text[], %(entries)s::bytea[]) as packed (term, entries)
where p.segment = %(segment)s and p.term = packed.term;

-- name: delete_empty_postings
-- Delete the terms that no chunk of a segment has any more.
delete from {postings} where segment = %(segment)s and entries = ''::bytea;

-- name: shrink_segment
-- Subtract deleted chunks from a segment's size.
update segments set chunks = chunks - %(chunks)s, terms = terms - %(terms)s
where id = %(segment)s;

-- name: count_documents
-- Count a workspace's documents.
select count(*) from documents where workspace = %(workspace)s;

-- name: lacking_documents
-- List all documents without a chunk in the generation for their current readers (the backlog).
select d.id, d.hash, d.readers from documents d
where d.workspace = %(workspace)s
  and not exists (
      select from {chunks} c join reader_sets r on r.id = c.reader_set
      where c.document_id = d.id and r.readers = d.readers);

-- name: find_candidate
-- Find the newest generation that waits for a decision.
select id, workspace, embedder, embedder_url, dimensions, splitter, analyser, state, switched_from
from generations where workspace = %(workspace)s and state = 'candidate' order by id desc limit 1;

-- name: find_previous
-- Find the generation that was live before the current one.
select p.id, p.workspace, p.embedder, p.embedder_url, p.dimensions, p.splitter, p.analyser, p.state,
    p.switched_from
from generations g join generations p on p.id = g.switched_from
where g.workspace = %(workspace)s and g.state = 'live';

-- name: keep_as_candidate
-- Mark a built generation as a candidate that waits for a decision, with its comparison.
update generations set state = 'candidate', comparison = %(comparison)s where id = %(generation)s;

-- name: old_generations
-- List generations to drop: all but the live one, the previous one, and the newest candidate or
-- unfinished one; the last two are kept for so many days.
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
-- Limit the wait for an exclusive lock: other transactions queue behind it.
select set_config('lock_timeout', %(patience)s, true);

-- name: drop_generation
-- Drop a generation with its chunks and postings.
select drop_generation(%(generation)s);
