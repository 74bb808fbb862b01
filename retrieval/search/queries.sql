-- name: read_as_of_now
-- Read one snapshot of the index in all statements of a transaction, even during a merge.
set transaction isolation level repeatable read, read only;

-- name: visible_segments
-- List the segments that an audience may search, with their sizes and that of the whole generation.
select s.id, s.reader_set, s.chunks, s.terms,
    (select sum(chunks)::bigint from segments where generation = %(generation)s)
from reader_sets r join segments s on s.reader_set = r.id and s.generation = %(generation)s
where r.workspace = %(workspace)s and r.readers && %(readers)s;

-- name: visible_dead
-- Deleted chunks in these segments: their ids packed into one value, since there may be thousands,
-- and the number of their terms.
select coalesce(string_agg(int8send(d.chunk), ''::bytea), ''::bytea),
    coalesce(sum(d.terms), 0)::bigint
from reader_sets r join dead_chunks d on d.reader_set = r.id and d.generation = %(generation)s
where r.workspace = %(workspace)s and r.readers && %(readers)s;

-- name: tune_search
-- Set the number of candidates of an HNSW scan, and whether it continues when a filter leaves too
-- few (pgvector 0.8 or later). The planner takes a few thousand comparisons for cheaper than they are.
select set_config('hnsw.ef_search', %(ef_search)s::text, true),
    set_config('enable_sort', 'off', true),
    case when (select string_to_array(extversion, '.')::int[] >= array[0, 8]
               from pg_extension where extname = 'vector')
    then set_config('hnsw.iterative_scan', %(iterative_scan)s, true) end;

-- name: untune_search
-- Let the planner sort again.
select set_config('enable_sort', 'on', true);

-- name: search_dense
-- Find the chunks nearest to a vector that the audience may read, with their cosine similarity. The
-- HNSW scan returns them in roughly the right order, so they are sorted afterwards; the setting
-- `strict_order` would drop late ones.
with nearest as materialized (
    select id, embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions}) as distance
    from {chunks}
    where workspace = %(workspace)s and reader_set = any(%(reader_sets)s)
    order by embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})
    limit %(limit)s
)
select id, 1 - distance as score from nearest order by distance, id;

-- name: search_dense_exact
-- The same by comparing every vector: `+ 0` keeps Postgres from using the HNSW index.
select id, 1 - (embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})) as score
from {chunks}
where workspace = %(workspace)s and reader_set = any(%(reader_sets)s)
order by (embedding::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions})) + 0, id
limit %(limit)s;

-- name: find_postings
-- Find the posting lists of terms in the segments that the audience may search.
select term, entries from {postings}
where workspace = %(workspace)s and term = any(%(terms)s) and segment = any(%(segments)s);

-- name: count_standing
-- Count those of the chunks that are still there and readable by an audience.
select count(*) from {chunks} c join documents d on d.id = c.document_id
where c.generation = {generation} and c.id = any(%(ids)s) and c.workspace = %(workspace)s
  and d.readers && %(readers)s;

-- name: served_weights
-- Find the served weights for an embedder, with the SHA-256 of their query adapter, if any.
select id, dense, adapter_hash from retriever_weights
where workspace = %(workspace)s and embedder = %(embedder)s and dimensions = %(dimensions)s
  and state = 'served';

-- name: weights_adapter
-- Load a query adapter.
select adapter from retriever_weights where id = %(id)s;

-- name: chunk_vectors
-- Load chunks by their ids or documents, with vectors, if the audience may still read them.
select c.id, c.document_id, c.text, c.embedding
from {chunks} c join documents d on d.id = c.document_id
where c.generation = {generation} and c.workspace = %(workspace)s
  and (c.id = any(%(ids)s) or c.document_id = any(%(documents)s))
  and c.reader_set = any(%(reader_sets)s) and d.readers && %(readers)s
order by c.id;

-- name: load_pages
-- Load documents (a part of long ones) with the offsets of their chunks, if the audience may read
-- them now.
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
-- Load chunks with what a citation needs, if the audience may still read them.
select c.id, c.document_id, d.key, d.title, d.url, c.headings, c.text, d.modified_at, d.readers,
    c.start_offset
from {chunks} c join documents d on d.id = c.document_id
where c.generation = {generation} and c.id = any(%(ids)s) and c.workspace = %(workspace)s
  and c.reader_set = any(%(reader_sets)s) and d.readers && %(readers)s;

-- Generations in public
