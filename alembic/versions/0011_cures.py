"""What was wrong with bad answers, and the golden questions that their better answers give."""

from alembic import op

revision = "0011"
down_revision = "0010"

UP = """
-- Why an answer was bad, as the last collection found it.
create table causes (
    answer_id bigint primary key references answers on delete cascade,
    workspace text not null,
    cause text not null check (cause in ('not_indexed', 'not_retrieved', 'not_grounded',
        'outdated', 'style', 'other'))
);
grant select, insert, update, delete on causes to houselore_app;
alter table causes enable row level security;
create policy by_workspace on causes
    using (workspace = current_setting('houselore.workspace', true));

-- The better answer that a golden question comes from, and goes with; null for one that was liked
-- or made by hand.
alter table golden_questions
    add column better_id bigint references better_answers on delete cascade;
create index golden_questions_better on golden_questions (better_id);
"""

DOWN = """
drop table causes;
delete from golden_questions where better_id is not null;
alter table golden_questions drop column better_id;
"""


def upgrade() -> None:
    """A table, under row-level security as all others are, and a column."""
    op.execute(UP)


def downgrade() -> None:
    """Without them: only golden questions that were liked or made by hand are left."""
    op.execute(DOWN)
