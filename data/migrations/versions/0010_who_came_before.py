"""who came before"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    """Apply."""
    op.add_column('git_commits', sa.Column('parent_ids', sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column('git_commits', 'parent_ids')  # in place: a table that others refer to cannot be made anew
