"""What each group cares for when scenarios are compared."""

from __future__ import annotations

from alembic import op

from onekl_desktop.project.gpkg import register_attributes

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE group_weight (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        people_group TEXT DEFAULT '' NOT NULL,
        indicator TEXT DEFAULT '' NOT NULL,
        weight REAL DEFAULT 0.0 NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )"""


def upgrade() -> None:
    """Make the table: no group has said anything yet."""
    raw = op.get_bind().connection.dbapi_connection
    raw.execute(TABLE)  # type: ignore[union-attr]
    register_attributes(raw, "group_weight")  # type: ignore[arg-type]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
