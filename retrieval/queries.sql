-- Every statement of retrieval. `{chunks}` is a generation's own partition, `{dimensions}` its size.

-- name: live_generation
-- The generation that questions are answered from.
select id, workspace, embedder, dimensions, splitter, state
from generations where workspace = %(workspace)s and state = 'live';

-- name: find_generation
-- The newest generation of this identity that is not retired.
select id, workspace, embedder, dimensions, splitter, state
from generations
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
  and splitter = %(splitter)s and state <> 'retired'
order by state = 'live' desc, id desc limit 1;

-- name: insert_generation
-- A new generation; its partition and vector index are made in the same transaction.
insert into generations (workspace, embedder, dimensions, splitter, state, switched_at)
values (%(workspace)s, %(embedder)s, %(dimensions)s, %(splitter)s, %(state)s,
        case when %(state)s = 'live' then now() end)
returning id, workspace, embedder, dimensions, splitter, state;

-- name: lock_generations
-- One change of a workspace's generations at a time, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(workspace)s, 3));

-- name: create_partition
-- The chunks of one generation.
create table {chunks} partition of chunks for values in ({generation});

-- name: create_vector_index
-- Approximate nearest neighbours by cosine, in half precision.
create index on {chunks} using hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops);

-- name: retire_live_generation
-- Takes the pointer away from the live generation; the next statement gives it to another.
update generations set state = 'retired'
where workspace = %(workspace)s and state = 'live' and id <> %(generation)s;

-- name: make_live
-- Moves the pointer.
update generations set state = 'live', switched_at = now()
where workspace = %(workspace)s and id = %(generation)s;

-- name: forget_generations
-- Takes all of a workspace's generations away; their partitions are dropped in the same transaction.
delete from generations where workspace = %(workspace)s
returning id, workspace, embedder, dimensions, splitter, state;

-- name: drop_partition
-- The chunks of one generation, with their indexes.
drop table {chunks};

-- name: documents_to_fill
-- Documents of which a generation has no chunk yet, some at a time.
select d.id, d.hash, d.key, d.title, d.text, d.version, d.url, d.readers, d.modified_at
from documents d
where d.workspace = %(workspace)s and d.id > %(after)s
  and not exists (select from {chunks} c where c.document_id = d.id)
order by d.id limit %(limit)s;

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
-- Who may read a source's documents now.
update documents set readers = %(readers)s
where source_id = %(source)s and readers is distinct from %(readers)s;

-- name: set_chunk_readers
-- The same for their chunks, in every generation.
update chunks c set readers = %(readers)s
from documents d
where d.source_id = %(source)s and c.document_id = d.id
  and c.readers is distinct from %(readers)s;

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
-- A document's chunks in one generation.
delete from {chunks} where document_id = %(document)s;

-- name: copy_chunks
-- Chunks in bulk.
copy {chunks} (generation, workspace, document_id, position, headings, text, start_offset,
    end_offset, hash, readers, embedding, terms) from stdin;

-- name: tune_search
-- More candidates, and further ones while a filter starves the scan (pgvector 0.8 and newer).
select set_config('hnsw.ef_search', %(ef_search)s::text, true),
    case when (select string_to_array(extversion, '.')::int[] >= array[0, 8]
               from pg_extension where extname = 'vector')
    then set_config('hnsw.iterative_scan', 'strict_order', true) end;

-- name: search_dense
-- The chunks nearest to a vector that the audience may read, with their cosine similarity.
select id, 1 - (embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})) as score
from {chunks}
where workspace = %(workspace)s and readers && %(readers)s
order by embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})
limit %(limit)s;

-- name: search_lexical
-- The chunks that hold any of the terms and that the audience may read: each term counts by how rare
-- it is (ts_rank alone knows no such weight), how often it stands there and how long the chunk is.
with asked as materialized (
    select query, ln(1 + (total - found + 0.5) / (found + 0.5)) as weight
    from unnest(%(terms)s::tsquery[]) as query,
        lateral (select count(*) as found from {chunks} where terms @@ query) as frequency,
        (select count(*) as total from {chunks}) as size
)
select id, (select sum(weight * ts_rank(terms, query, 1)) from asked) as score
from {chunks}
where workspace = %(workspace)s and readers && %(readers)s and terms @@ %(query)s::tsquery
order by score desc, id
limit %(limit)s;

-- name: load_passages
-- What a citation needs of chunks, if the audience may still read them.
select c.id, c.document_id, d.key, d.title, d.url, c.headings, c.text, d.modified_at, d.readers
from {chunks} c join documents d on d.id = c.document_id
where c.id = any(%(ids)s) and c.workspace = %(workspace)s
  and c.readers && %(readers)s and d.readers && %(readers)s;
