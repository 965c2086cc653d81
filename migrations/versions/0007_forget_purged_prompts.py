"""Forget what was asked for where all pictures of it were deleted for good.

Revision: 0007, after 0006.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "update generation set prompt = '', negative_prompt = '', variables = '{}',"
        " parameters = null, mask = null"
        " where not exists (select 1 from image where image.generation_id = generation.id)"
    )


def downgrade() -> None:
    """Leave it forgotten."""
