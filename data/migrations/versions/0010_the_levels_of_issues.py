"""the levels of issues"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    """Apply."""
    op.add_column('issues', sa.Column('level', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column('issues', 'level')
