"""Indexes that hold all that sums of the ledger are made of.

Revision: 0006, after 0005.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SUMMED = ["provider", "model", "state", "micros"]


def upgrade() -> None:
    _exchange("ix_charge_owner", ["owner_id", "day", *SUMMED])
    _exchange("ix_charge_day", ["day", *SUMMED, "owner_id"])


def downgrade() -> None:
    _exchange("ix_charge_owner", ["owner_id", "day"])
    _exchange("ix_charge_day", ["day"])


def _exchange(name: str, columns: list[str]) -> None:
    op.drop_index(name, table_name="charge")
    op.create_index(name, "charge", columns)
