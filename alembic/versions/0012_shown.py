"""What an answer was shown as: phrased, quoted, the closest, or not found."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A column; of answers from before it is not known."""
    op.execute("alter table answers add column shown text not null default ''")


def downgrade() -> None:
    """Without it."""
    op.execute("alter table answers drop column shown")
