"""who syncs what"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    """Apply."""
    op.create_table('leases',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=True),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('begun', sa.BigInteger(), nullable=True),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('source', 'scope', name=op.f('pk_leases'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('leases')
