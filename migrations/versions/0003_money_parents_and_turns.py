"""Charges and budgets, parents of images, recipes in full, and turns in the queue.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("image_uid", sa.String(length=11), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'charged', 'uncertain', 'void')", name=op.f("ck_charge_state")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["user_account.id"],
            name=op.f("fk_charge_owner_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("key", name=op.f("uq_charge_key")),
    )
    op.create_index("ix_charge_day", "charge", ["day"])
    op.create_index(op.f("ix_charge_image_uid"), "charge", ["image_uid"])
    op.create_index("ix_charge_owner", "charge", ["owner_id", "day"])
    op.create_table(
        "budget",
        sa.Column("subject", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=True),
        sa.Column("month", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_budget")),
    )
    op.create_table(
        "image_parent",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("parent_uid", sa.String(length=11), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "role in ('reference', 'source', 'recipe')", name=op.f("ck_image_parent_role")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["image.id"],
            name=op.f("fk_image_parent_child_id_image"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["image.id"],
            name=op.f("fk_image_parent_parent_id_image"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("child_id", "position", name=op.f("pk_image_parent")),
    )
    op.create_index(op.f("ix_image_parent_parent_id"), "image_parent", ["parent_id"])
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parameters", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("tool", sa.String(length=32), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("price", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("cost", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("asked_key", sa.String(length=32), nullable=True))
    with op.batch_alter_table("generation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("strength", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("parameters", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("mask", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("template_version", sa.Integer(), nullable=True))
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_paused", sa.Boolean(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("strips_downloads", sa.Boolean(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rank", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("started_ms", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.create_foreign_key(
            op.f("fk_job_owner_id_user_account"),
            "user_account",
            ["owner_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_index("ix_job_turn", ["state", "owner_id", "rank"])
        batch_op.create_index("ix_job_served", ["owner_id", "started_ms"])
    # Pictures that wait already shall take turns too.
    op.execute(
        "update job set owner_id = (select owner_id from image where image.id = job.subject_id)"
        " where kind = 'image' and state in ('queued', 'running')"
    )


def downgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_served")
        batch_op.drop_index("ix_job_turn")
        batch_op.drop_constraint(op.f("fk_job_owner_id_user_account"), type_="foreignkey")
        batch_op.drop_column("started_ms")
        batch_op.drop_column("rank")
        batch_op.drop_column("owner_id")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("strips_downloads")
        batch_op.drop_column("is_paused")
    with op.batch_alter_table("generation", schema=None) as batch_op:
        batch_op.drop_column("template_version")
        batch_op.drop_column("mask")
        batch_op.drop_column("parameters")
        batch_op.drop_column("strength")
    with op.batch_alter_table("image", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("asked_key")
        batch_op.drop_column("cost")
        batch_op.drop_column("price")
        batch_op.drop_column("tool")
        batch_op.drop_column("parameters")
    op.drop_table("image_parent")
    op.drop_table("budget")
    op.drop_table("charge")
