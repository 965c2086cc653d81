"""Focal points, and renditions that are made by a worker.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rendition_order",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("extension", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["image.id"],
            name=op.f("fk_rendition_order_image_id_image"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("image_id", "preset", "extension", name=op.f("pk_rendition_order")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.add_column(sa.Column("focal_x", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("focal_y", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("image", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("focal_y")
        batch_op.drop_column("focal_x")
    op.drop_table("rendition_order")
