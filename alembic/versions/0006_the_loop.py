"""Why an answer was bad, what a better one is, and who knows: the loop's first step."""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = """
-- Why somebody found an answer bad; what was said last by a person of an answer is current.
create table remarks (
    id bigint generated always as identity primary key,
    workspace text not null,
    answer_id bigint not null references answers on delete cascade,
    person text not null,
    reasons text[] not null check (reasons <@ array['wrong', 'outdated', 'incomplete', 'style',
        'unfounded']),
    note text not null,
    is_current boolean not null default true,
    created_at timestamptz not null default now()
);
create unique index remarks_one_current on remarks (answer_id, person) where is_current;

-- What should have been answered, by whom; from where: typed under a thumb down, or a reply in the
-- thread that was saved (`ts` is its message).
create table better_answers (
    id bigint generated always as identity primary key,
    workspace text not null,
    answer_id bigint not null references answers on delete cascade,
    author text not null,
    saved_by text not null,
    text text not null check (text <> ''),
    surface text not null check (surface in ('form', 'reply')),
    ts text,
    is_current boolean not null default true,
    created_at timestamptz not null default now()
);
create unique index better_answers_one_current on better_answers (answer_id, author)
    where is_current;

-- Whose word weighs more than an asker's.
create table experts (
    workspace text not null,
    person text not null,
    named_by text not null,
    created_at timestamptz not null default now(),
    primary key (workspace, person)
);
"""


def upgrade() -> None:
    """Three tables, under row-level security as all others are."""
    op.execute(UP)
    for table in ("remarks", "better_answers", "experts"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy by_workspace on {table}"
            " using (workspace = current_setting('houselore.workspace', true))"
        )
        op.execute(f"grant select, insert, update, delete on {table} to houselore_app")


def downgrade() -> None:
    """Without them."""
    op.execute("drop table remarks, better_answers, experts")
