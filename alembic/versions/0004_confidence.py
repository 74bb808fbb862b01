"""Confidence: how likely each answer was right, from which signals, and what was withheld."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Three columns; answers from before have no confidence."""
    op.execute(
        """
        alter table answers
            add column confidence double precision check (confidence between 0 and 1),
            add column signals jsonb not null default '{}',
            add column withheld text not null default ''
        """
    )


def downgrade() -> None:
    """Without them."""
    op.execute(
        "alter table answers drop column confidence, drop column signals, drop column withheld"
    )
