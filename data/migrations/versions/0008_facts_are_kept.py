"""facts are kept"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    """Apply."""
    op.create_table('kept_facts',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('piece', sa.Integer(), nullable=False),
    sa.Column('made_with', sa.Text(), nullable=False),
    sa.Column('era', sa.Text(), nullable=False),
    sa.Column('latest', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'piece', name=op.f('pk_kept_facts'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('kept_facts')
