"""The index anew: postings for BM25, sets of readers, and row-level security under every table."""

from alembic import op

revision = "0002"
down_revision = "0001"

INDEX = """
-- Chunks are made again from the documents' stored text at the next indexing.
drop table chunks;
delete from generations;
alter table generations
    add column analyser text not null;

-- Who may read a document, as one number that an index holds and a planner can count.
create table reader_sets (
    id int generated always as identity primary key,
    workspace text not null,
    readers text[] not null,
    unique (workspace, readers)
);

-- One partition a generation: it has its own vector index, and dropping it costs nothing.
create table chunks (
    id bigint generated always as identity,
    generation bigint not null references generations,
    workspace text not null,
    document_id bigint not null references documents on delete cascade,
    position int not null,
    headings text[] not null,
    text text not null,
    start_offset int not null,
    end_offset int not null,
    hash text not null,
    reader_set int not null references reader_sets,
    terms int not null,
    embedding halfvec not null,
    primary key (generation, id)
) partition by list (generation);
create index chunks_document on chunks (document_id);
create index chunks_reader_set on chunks (reader_set);

-- The inverted index: what a batch of chunks with the same readers holds, written once and merged
-- with its neighbours later. `chunks` and `terms` are how many it began with.
create table segments (
    id bigint generated always as identity primary key,
    generation bigint not null references generations on delete cascade,
    workspace text not null,
    reader_set int not null references reader_sets,
    chunks int not null,
    terms bigint not null
);
create index segments_reader_set on segments (generation, reader_set);

-- `entries` are packed: for each chunk that holds the term 8 bytes (retrieval/lexical/bm25.py).
create table postings (
    generation bigint not null,
    workspace text not null,
    segment bigint not null,
    term text collate "C" not null,
    entries bytea not null
) partition by list (generation);
create index postings_term on postings (term, segment);
create index postings_segment on postings (segment);

-- Chunks that are gone and that segments still hold; one without terms is in no segment.
create table dead_chunks (
    generation bigint not null references generations on delete cascade,
    workspace text not null,
    reader_set int not null,
    chunk bigint not null,
    terms int not null
);
create index dead_chunks_reader_set on dead_chunks (generation, reader_set);

-- Merging waits until nobody writes: a chunk that dies meanwhile would come back to life.
create function note_dead_chunk() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('segments', old.generation));
    insert into dead_chunks (generation, workspace, reader_set, chunk, terms)
    values (old.generation, old.workspace, old.reader_set, old.id, old.terms);
    return null;
end $$;
create trigger chunks_note_dead after delete on chunks
    for each row when (old.terms > 0) execute function note_dead_chunk();
"""

SECURITY = """
-- What the application is while it works: no owner, no superuser, for policies let those pass.
do $$ begin
    create role houselore_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
    execute format('grant houselore_app to %I', current_user);
    execute format('grant usage on schema %I to houselore_app', current_schema());
    execute format('grant select, insert, update, delete on all tables in schema %I
                    to houselore_app', current_schema());
    execute format('grant usage on all sequences in schema %I to houselore_app', current_schema());
    execute format('revoke insert, update, delete on %I.alembic_version from houselore_app',
                   current_schema());
end $$;

do $$
declare name text;
begin
    foreach name in array array['sources', 'documents', 'generations', 'reader_sets', 'chunks',
        'segments', 'postings', 'dead_chunks', 'inbox', 'answers', 'feedback', 'models']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy by_workspace on %I
            using (workspace = current_setting(''houselore.workspace'', true))', name);
    end loop;
end $$;

-- What only an owner may do, for generations of the caller's own workspace.
create function own_generation(generation bigint) returns generations
language plpgsql stable set search_path from current as $$
declare found generations;
begin
    select * into strict found from generations g
    where g.id = generation and g.workspace = current_setting('houselore.workspace', true);
    return found;
end $$;

create function make_generation_partition(generation bigint) returns void
language plpgsql security definer set search_path from current as $$
declare
    of generations := own_generation(generation);
    name text;
begin
    foreach name in array array['chunks', 'postings'] loop
        execute format('create table %1$I partition of %2$I for values in (%3$s)',
                       name || '_g' || of.id, name, of.id);
        execute format('alter table %I enable row level security', name || '_g' || of.id);
        execute format('create policy by_workspace on %I
            using (workspace = current_setting(''houselore.workspace'', true))',
            name || '_g' || of.id);
        execute format('grant select, insert, update, delete on %I to houselore_app',
                       name || '_g' || of.id);
    end loop;
end $$;

create function build_vector_index(generation bigint) returns void
language plpgsql security definer set search_path from current as $$
declare of generations := own_generation(generation);
begin
    execute format('create index if not exists %1$I on %2$I
        using hnsw ((embedding::halfvec(%3$s)) halfvec_cosine_ops)
        with (m = 24, ef_construction = 128)',
        'chunks_g' || of.id || '_embedding', 'chunks_g' || of.id, of.dimensions);
end $$;

create function drop_generation(generation bigint) returns void
language plpgsql security definer set search_path from current as $$
declare of generations := own_generation(generation);
begin
    if of.state = 'live' then
        raise exception 'generation % is live', of.id;
    end if;
    execute format('drop table if exists %I, %I', 'chunks_g' || of.id, 'postings_g' || of.id);
    delete from generations g where g.id = of.id;
end $$;

do $$
declare name text;
begin
    foreach name in array array['make_generation_partition', 'build_vector_index',
        'drop_generation', 'own_generation']
    loop
        -- Else somebody's temporary table could stand in the place of one of ours.
        execute format('alter function %I(bigint) set search_path = %s, pg_temp', name,
                       current_setting('search_path'));
        execute format('revoke all on function %I(bigint) from public', name);
        execute format('grant execute on function %I(bigint) to houselore_app', name);
    end loop;
end $$;
"""

DOWN = """
do $$
declare name text;
begin
    foreach name in array array['sources', 'documents', 'generations', 'inbox', 'answers',
        'feedback', 'models']
    loop
        execute format('drop policy by_workspace on %I', name);
        execute format('alter table %I disable row level security', name);
    end loop;
end $$;
drop function make_generation_partition, build_vector_index, drop_generation;
drop table chunks, segments, postings, dead_chunks, reader_sets;
drop function note_dead_chunk;
delete from generations;
drop function own_generation;
alter table generations drop column analyser;

create table chunks (
    id bigint generated always as identity,
    generation bigint not null references generations,
    workspace text not null,
    document_id bigint not null references documents on delete cascade,
    position int not null,
    headings text[] not null,
    text text not null,
    start_offset int not null,
    end_offset int not null,
    hash text not null,
    readers text[] not null,
    embedding halfvec not null,
    terms tsvector not null,
    primary key (generation, id)
) partition by list (generation);
create index chunks_document on chunks (document_id);
create index chunks_terms on chunks using gin (terms);
create index chunks_readers on chunks using gin (readers);

-- The role stays where another database of this server knows it.
do $$ begin
    drop owned by houselore_app;
    drop role houselore_app;
exception when dependent_objects_still_exist or insufficient_privilege or undefined_object
    then null;
end $$;
"""


def upgrade() -> None:
    """The new index, then the policies under it and what stands already."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(INDEX)
        cursor.execute(SECURITY)


def downgrade() -> None:
    """The index as it was, empty; documents stay."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(DOWN)
