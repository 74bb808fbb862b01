"""Generations in public: golden questions, runs that can be followed, candidates that wait."""

from alembic import op

revision = "0003"
down_revision = "0002"

UP = """
alter table generations
    drop constraint generations_state_check,
    add constraint generations_state_check
        check (state in ('building', 'candidate', 'live', 'retired')),
    add column switched_from bigint references generations on delete set null,
    add column embedder_url text not null default '',
    add column comparison text;

-- Questions whose answer is known to be right, and what it was quoted from. They outlive a
-- generation, so they name no chunk: the place is the document and the words of the quote.
create table golden_questions (
    id bigint generated always as identity primary key,
    workspace text not null,
    question text not null,
    quote text not null,
    document_id bigint not null references documents on delete cascade,
    document_hash text not null,
    readers text[] not null,
    answer_id bigint unique references answers on delete cascade,
    created_at timestamptz not null default now()
);
create index golden_questions_document on golden_questions (document_id);
create unique index golden_questions_by_hand on golden_questions (workspace, md5(question))
    where answer_id is null;

-- Each reindexing, rollback and switch: how far it is, and whether somebody wants it to end.
create table reindex_runs (
    id bigint generated always as identity primary key,
    workspace text not null,
    kind text not null check (kind in ('reindex', 'switch', 'rollback')),
    scope text,
    started_by text not null,
    state text not null default 'running'
        check (state in ('running', 'done', 'cancelled', 'failed', 'broken off')),
    step text not null default 'starting',
    done int not null default 0,
    total int not null default 0,
    seconds_left double precision,
    cancelled_by text,
    outcome text,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    finished_at timestamptz
);
create index reindex_runs_last on reindex_runs (workspace, id desc);

grant select, insert, update, delete on golden_questions, reindex_runs to houselore_app;
alter table golden_questions enable row level security;
create policy by_workspace on golden_questions
    using (workspace = current_setting('houselore.workspace', true));
alter table reindex_runs enable row level security;
create policy by_workspace on reindex_runs
    using (workspace = current_setting('houselore.workspace', true));
"""

DOWN = """
drop table golden_questions, reindex_runs;
update generations set state = 'retired' where state = 'candidate';
alter table generations
    drop constraint generations_state_check,
    add constraint generations_state_check check (state in ('building', 'live', 'retired')),
    drop column switched_from,
    drop column embedder_url,
    drop column comparison;
"""


def upgrade() -> None:
    """The new tables, with the same policies as the others."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(UP)


def downgrade() -> None:
    """Without them; a candidate counts as retired again."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(DOWN)
