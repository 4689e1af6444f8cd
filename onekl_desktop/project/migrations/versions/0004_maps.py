"""Places to come back to on the map, and page layouts to print it by."""

from __future__ import annotations

from alembic import op

from onekl_desktop.project.gpkg import register_attributes

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

STAMPS = """created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL"""
TABLES = (
    f"""CREATE TABLE bookmark (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        left_m REAL DEFAULT 0.0 NOT NULL,
        bottom_m REAL DEFAULT 0.0 NOT NULL,
        right_m REAL DEFAULT 0.0 NOT NULL,
        top_m REAL DEFAULT 0.0 NOT NULL,
        {STAMPS}
    )""",
    f"""CREATE TABLE map_layout (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        content TEXT DEFAULT '{{}}' NOT NULL,
        {STAMPS}
    )""",
)


def upgrade() -> None:
    """Make the tables."""
    raw = op.get_bind().connection.dbapi_connection
    for statement in TABLES:
        raw.execute(statement)  # type: ignore[union-attr]
    for table in ("bookmark", "map_layout"):
        register_attributes(raw, table)  # type: ignore[arg-type]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
