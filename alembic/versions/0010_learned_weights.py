"""What the retriever has learned: weights of its arms, adapters, and which of them are served."""

from alembic import op

revision = "0010"
down_revision = "0009"

UP = """
-- Never changed once made. `dense` is the dense arm's weight, `adapter` a square matrix of half
-- precision that moves a question's vector; both belong to one embedder. `answers`, `documents` and
-- `people` taught them, as ids alone. They were judged beside those of `against`, and served after
-- those of `replaced`; both are null for those shipped. Stale ones have learned what had to leave.
create table retriever_weights (
    id bigint generated always as identity primary key,
    workspace text not null,
    embedder text not null,
    dimensions int not null,
    dense double precision not null check (dense between 0 and 1),
    adapter bytea,
    adapter_hash text,
    state text not null default 'candidate' check (state in ('candidate', 'served', 'retired')),
    lessons int not null,
    lessons_hash text not null,
    answers bigint[] not null,
    documents bigint[] not null,
    people text[] not null,
    code_version text,
    learned_by text not null,
    created_at timestamptz not null default now(),
    passes boolean not null,
    verdict text not null,
    metrics jsonb not null,
    against bigint references retriever_weights,
    replaced bigint references retriever_weights,
    decided_by text,
    reason text,
    decided_at timestamptz,
    stale_since timestamptz,
    stale_reason text,
    check ((adapter is null) = (adapter_hash is null))
);
create unique index retriever_weights_one_served
    on retriever_weights (workspace, embedder, dimensions) where state = 'served';
grant select, insert, update, delete on retriever_weights to houselore_app;
alter table retriever_weights enable row level security;
create policy by_workspace on retriever_weights
    using (workspace = current_setting('houselore.workspace', true));
"""


def upgrade() -> None:
    """A table, under row-level security as all others are."""
    op.execute(UP)


def downgrade() -> None:
    """Without it: the weights shipped serve again, and all that was learned is lost for good.

    Upgrading again brings back an empty table: what a search learns, it has to learn anew.
    """
    op.execute("drop table retriever_weights")
