"""what is built has generations"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'

KEYS = {'kept_facts': ['name', 'piece'], 'kept_figures': ['place', 'indicator'], 'kept_rows': ['indicator', 'piece']}


def upgrade() -> None:
    """Apply."""
    op.create_table('generations',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('is_whole', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_generations'))
    )
    is_file = op.get_bind().dialect.name == 'sqlite'  # which reads a row from its beginning: what is long comes last
    for table, key in KEYS.items():
        with op.batch_alter_table(table, recreate='always' if is_file else 'never') as changed:
            places = [{'insert_after': name} if is_file else {} for name in (key[-1], 'since')]
            changed.add_column(sa.Column('since', sa.BigInteger(), nullable=False, server_default='0'), **places[0])
            changed.add_column(sa.Column('until', sa.BigInteger(), nullable=True), **places[1])
            changed.drop_constraint(f'pk_{table}', type_='primary')
            changed.create_primary_key(f'pk_{table}', [*key, 'since'])
        with op.batch_alter_table(table) as changed:
            changed.alter_column('since', server_default=None)


def downgrade() -> None:
    """Take back: of what has several generations the latest stays."""
    op.drop_table('generations')  # first, as readers look at it first: nobody waits in a circle
    for table, key in KEYS.items():
        same = ' AND '.join(f'later.{name} = {table}.{name}' for name in key)
        op.execute(
            f'DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM {table} later WHERE {same} AND later.since > {table}.since)'
        )
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(f'pk_{table}', type_='primary')
            changed.drop_column('since')
            changed.drop_column('until')
            changed.create_primary_key(f'pk_{table}', key)
