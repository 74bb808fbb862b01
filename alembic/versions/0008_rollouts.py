"""What a model was made of, canaries, and how each of them ended."""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = """
alter table models
    drop constraint models_state_check,
    add constraint models_state_check
        check (state in ('candidate', 'canary', 'served', 'retired')),
    add column base_hash text,
    add column adapter_hash text,
    add column dataset text,
    add column code_version text,
    add column metrics jsonb not null default '{}',
    add column is_pinned boolean not null default false;
create unique index models_one_canary on models (workspace) where state = 'canary';

-- A candidate tried in a share of the channels, beside what was served when it began.
create table rollouts (
    id bigint generated always as identity primary key,
    workspace text not null,
    model_id bigint not null references models on delete cascade,
    served_id bigint not null references models on delete cascade,
    share double precision not null check (share > 0 and share <= 1),
    started_by text not null,
    started_at timestamptz not null default now(),
    ended text check (ended in ('promoted', 'rolled back', 'stopped')),
    ended_by text,
    reason text,
    ended_at timestamptz
);
create unique index rollouts_one_open on rollouts (workspace) where ended is null;
grant select, insert, update, delete on rollouts to houselore_app;
alter table rollouts enable row level security;
create policy by_workspace on rollouts
    using (workspace = current_setting('houselore.workspace', true));
"""

DOWN = """
drop table rollouts;
drop index models_one_canary;
update models set state = 'candidate' where state = 'canary';
alter table models
    drop constraint models_state_check,
    add constraint models_state_check check (state in ('candidate', 'served', 'retired')),
    drop column base_hash, drop column adapter_hash, drop column dataset,
    drop column code_version, drop column metrics, drop column is_pinned;
"""


def upgrade() -> None:
    """Lineage beside each model, and a table of rollouts."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(UP)


def downgrade() -> None:
    """Without them; a canary is a candidate again."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(DOWN)
