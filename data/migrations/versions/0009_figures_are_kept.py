"""figures are kept"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    """Apply."""
    op.create_table('kept_figures',
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('indicator', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('place', 'indicator', name=op.f('pk_kept_figures'))
    )
    op.create_table('kept_rows',
    sa.Column('indicator', sa.Text(), nullable=False),
    sa.Column('piece', sa.Integer(), nullable=False),
    sa.Column('begins', sa.BigInteger(), nullable=False),
    sa.Column('ends', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('indicator', 'piece', name=op.f('pk_kept_rows'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('kept_rows')
    op.drop_table('kept_figures')
