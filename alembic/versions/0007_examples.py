"""What is learned from: examples, who reviewed them, the datasets frozen of them; who opted out."""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = """
-- Whether what is said in a private channel may be learned from: an admin's word, never a default.
alter table channel_settings add column train_on boolean not null default false;

-- One thing to learn: the messages that were sent and what should (chosen) or should not (rejected)
-- follow them. `key` is the same for the same question and answer; every text is redacted.
create table examples (
    id bigint generated always as identity primary key,
    workspace text not null,
    key text not null,
    kind text not null check (kind in ('sft', 'preference', 'kto')),
    origin text not null check (origin in ('better', 'accepted', 'thumbs', 'import')),
    answer_id bigint references answers on delete cascade,
    question text not null,
    prompt jsonb not null,
    chosen text not null,
    rejected text,
    label boolean,
    thread text not null,
    sources jsonb not null default '[]',
    documents bigint[] not null default '{}',
    readers text[] not null,
    labels jsonb not null default '[]',
    people text[] not null default '{}',
    cause text,
    model text not null default '',
    prompt_version text not null default '',
    state text not null default 'waiting' check (state in ('waiting', 'approved', 'rejected')),
    is_edited boolean not null default false,
    created_at timestamptz not null default now(),
    unique (workspace, key),
    check ((kind = 'preference') = (rejected is not null)),
    check ((kind = 'kto') = (label is not null))
);
create index examples_people on examples using gin (people);

-- What each reviewer said last of an example.
create table reviews (
    id bigint generated always as identity primary key,
    workspace text not null,
    example_id bigint not null references examples on delete cascade,
    reviewer text not null,
    verdict text not null check (verdict in ('approve', 'reject', 'edit')),
    created_at timestamptz not null default now(),
    unique (example_id, reviewer)
);

-- A dataset never changes; one that holds what had to leave is stale, and has lost its content.
create table datasets (
    id bigint generated always as identity primary key,
    workspace text not null,
    hash text not null,
    content bytea,
    card text not null,
    counts jsonb not null,
    lineage jsonb not null,
    people text[] not null,
    documents bigint[] not null,
    frozen_by text not null,
    created_at timestamptz not null default now(),
    stale_since timestamptz,
    stale_reason text,
    unique (workspace, hash),
    check ((content is null) = (stale_since is not null))
);

-- People of whom nothing is learned any more.
create table forgotten (
    workspace text not null,
    person text not null,
    created_at timestamptz not null default now(),
    primary key (workspace, person)
);
"""


def upgrade() -> None:
    """Four tables, under row-level security as all others are, and a column."""
    op.execute(UP)
    for table in ("examples", "reviews", "datasets", "forgotten"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy by_workspace on {table}"
            " using (workspace = current_setting('houselore.workspace', true))"
        )
        op.execute(f"grant select, insert, update, delete on {table} to houselore_app")


def downgrade() -> None:
    """Without them."""
    op.execute("drop table forgotten, datasets, reviews, examples")
    op.execute("alter table channel_settings drop column train_on")
