"""what was written since"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

STAMPED = ('comments', 'commits', 'pull_request_events', 'pull_requests', 'review_comments', 'reviews')


def upgrade() -> None:
    """Apply."""
    op.create_table('stamps',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('latest', sa.BigInteger(), nullable=True),
    sa.Column('era', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_stamps'))
    )
    for table in STAMPED:
        op.add_column(table, sa.Column('stamp', sa.BigInteger(), nullable=True))
        op.create_index(op.f(f'ix_{table}_stamp'), table, ['stamp'], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in STAMPED:  # in place: a table that others refer to cannot be made anew
        op.drop_index(op.f(f'ix_{table}_stamp'), table_name=table)
        op.drop_column(table, 'stamp')
    op.drop_table('stamps')
