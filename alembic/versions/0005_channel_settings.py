"""Channel settings: when the bot answers in a channel and from which confidence on."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = """
-- A channel without a row is answered when the bot is mentioned, from the fitted bar on.
create table channel_settings (
    workspace text not null,
    channel text not null,
    answers text not null check (answers in ('mentions', 'always-if-sure')),
    bar double precision check (bar between 0 and 1),
    set_by text not null,
    set_at timestamptz not null default now(),
    primary key (workspace, channel)
);
grant select, insert, update, delete on channel_settings to houselore_app;
alter table channel_settings enable row level security;
create policy by_workspace on channel_settings
    using (workspace = current_setting('houselore.workspace', true));

drop index inbox_one_a_message;
create unique index inbox_one_a_message on inbox (workspace, channel, ts)
    where kind in ('question', 'unasked') and ts is not null;
create index inbox_unasked on inbox (workspace, channel, received_at) where kind = 'unasked';
"""

DOWN = """
delete from inbox where kind = 'unasked';
drop index inbox_unasked;
drop index inbox_one_a_message;
create unique index inbox_one_a_message on inbox (workspace, channel, ts)
    where kind = 'question' and ts is not null;
drop table channel_settings;
"""


def upgrade() -> None:
    """The settings, and an inbox that takes questions which nobody put to the bot."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(UP)


def downgrade() -> None:
    """Without them; unasked questions leave the inbox, their answers stay."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(DOWN)
