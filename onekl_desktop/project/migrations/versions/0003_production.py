"""What a practice produces: product, yield, years to the first harvest, price at the farm gate."""

from __future__ import annotations

from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None

COLUMNS = (
    "ALTER TABLE practice ADD COLUMN product TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE practice ADD COLUMN yield_t_per_ha_year REAL DEFAULT 0.0 NOT NULL",
    "ALTER TABLE practice ADD COLUMN years_to_yield INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE practice ADD COLUMN price_per_t REAL DEFAULT 0.0 NOT NULL",
)


def upgrade() -> None:
    """Add the columns; practices that are there produce nothing until somebody says what."""
    raw = op.get_bind().connection.dbapi_connection
    for statement in COLUMNS:
        raw.execute(statement)  # type: ignore[union-attr]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
