"""The tables of the house: sources to chunks, inbox to feedback, models, and the job queue."""

from procrastinate.schema import SchemaManager

from alembic import op

revision = "0001"
down_revision = None

UP = """
create extension if not exists vector;

create table sources (
    id bigint generated always as identity primary key,
    workspace text not null,
    kind text not null,
    location text not null,
    readers text[] not null default '{public}',
    url_prefix text,
    created_at timestamptz not null default now(),
    synced_at timestamptz,
    unique (workspace, kind, location)
);

create table documents (
    id bigint generated always as identity primary key,
    workspace text not null,
    source_id bigint not null references sources on delete cascade,
    key text not null,
    title text not null,
    url text,
    text text not null,
    version text not null,
    hash text not null,
    readers text[] not null,
    modified_at timestamptz,
    indexed_at timestamptz not null default now(),
    unique (source_id, key)
);

create table generations (
    id bigint generated always as identity primary key,
    workspace text not null,
    embedder text not null,
    dimensions int not null,
    splitter text not null,
    state text not null check (state in ('building', 'live', 'retired')),
    created_at timestamptz not null default now(),
    switched_at timestamptz
);
create unique index generations_one_live on generations (workspace) where state = 'live';

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
    readers text[] not null,
    embedding halfvec not null,
    terms tsvector not null,
    primary key (generation, id)
) partition by list (generation);
create index chunks_document on chunks (document_id);
create index chunks_terms on chunks using gin (terms);
create index chunks_readers on chunks using gin (readers);

create table inbox (
    id bigint generated always as identity primary key,
    workspace text not null,
    event_id text not null,
    kind text not null,
    channel text,
    ts text,
    thread_ts text,
    person text,
    payload jsonb not null,
    state text not null default 'received'
        check (state in ('received', 'done', 'ignored', 'failed')),
    reply_channel text,
    reply_ts text,
    error text,
    received_at timestamptz not null default now(),
    finished_at timestamptz,
    unique (workspace, event_id)
);
create unique index inbox_one_a_message on inbox (workspace, channel, ts)
    where kind = 'question' and ts is not null;
create index inbox_open on inbox (received_at) where state = 'received';
create index inbox_threads on inbox (workspace, channel, thread_ts) where kind = 'question';
create index inbox_votes on inbox (workspace, channel, ts) where kind = 'vote';
create index inbox_replies on inbox (workspace, reply_channel, reply_ts)
    where reply_ts is not null;

create table answers (
    id bigint generated always as identity primary key,
    workspace text not null,
    inbox_id bigint unique references inbox on delete set null,
    channel text,
    thread_ts text,
    ts text,
    person text,
    question text not null,
    thread jsonb not null default '[]',
    readers text[] not null,
    messages jsonb not null,
    evidence jsonb not null,
    text text not null,
    citations jsonb not null,
    abstained boolean not null,
    model text not null,
    generation bigint not null,
    prompt_version text not null,
    timings_ms jsonb not null,
    created_at timestamptz not null default now()
);
create unique index answers_message on answers (workspace, channel, ts) where ts is not null;
create index answers_threads on answers (workspace, channel, thread_ts);

-- Every vote ever cast, in order; the current one of a person and answer is the last.
create table feedback (
    id bigint generated always as identity primary key,
    workspace text not null,
    answer_id bigint not null references answers on delete cascade,
    person text not null,
    label text not null check (label in ('good', 'bad', 'none')),
    surface text not null check (surface in ('reaction', 'button')),
    is_current boolean not null default true,
    created_at timestamptz not null default now()
);
create unique index feedback_one_current on feedback (answer_id, person) where is_current;

create table models (
    id bigint generated always as identity primary key,
    workspace text not null,
    name text not null,
    base text not null,
    adapter text,
    state text not null check (state in ('candidate', 'served', 'retired')),
    promoted_by text,
    reason text,
    created_at timestamptz not null default now(),
    promoted_at timestamptz,
    unique (workspace, name)
);
create unique index models_one_served on models (workspace) where state = 'served';
"""

DOWN = """
drop table models, feedback, answers, inbox, chunks, generations, documents, sources;

-- The job queue brings no script to take itself away: drop what bears its name.
do $$
declare thing record;
begin
    for thing in select format('drop table if exists %I cascade', c.relname) as sql
        from pg_class c where c.relkind in ('r', 'v') and c.relname like 'procrastinate\\_%'
        and c.relnamespace = current_schema()::regnamespace
    loop execute thing.sql; end loop;
    for thing in select format('drop function if exists %s cascade', p.oid::regprocedure) as sql
        from pg_proc p where p.proname like 'procrastinate\\_%'
        and p.pronamespace = current_schema()::regnamespace
    loop execute thing.sql; end loop;
    for thing in select format('drop type if exists %I cascade', t.typname) as sql
        from pg_type t where t.typname like 'procrastinate\\_%' and t.typtype in ('e', 'c')
        and t.typnamespace = current_schema()::regnamespace
    loop execute thing.sql; end loop;
end $$;
"""


def upgrade() -> None:
    """Make every table of the first version, and procrastinate's."""
    connection = op.get_bind().connection
    with connection.cursor() as cursor:
        cursor.execute(UP)
        cursor.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Leave the database as it was; extensions stay, others may use them."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(DOWN)
