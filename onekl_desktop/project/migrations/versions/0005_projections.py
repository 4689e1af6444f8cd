"""What the land does by itself (projections), models of the chain, and how far coefficients may be off."""

from __future__ import annotations

from alembic import op

from onekl_desktop.project.gpkg import register_attributes

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

STAMPS = """created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL"""
TABLES = (
    f"""CREATE TABLE projection (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        earlier TEXT DEFAULT '' NOT NULL,
        rule TEXT DEFAULT 'markov' NOT NULL,
        yearly TEXT DEFAULT '[]' NOT NULL,
        drivers TEXT DEFAULT '[]' NOT NULL,
        keep TEXT DEFAULT '' NOT NULL,
        holes TEXT DEFAULT 'keep' NOT NULL,
        method TEXT DEFAULT 'logistic' NOT NULL,
        seed INTEGER DEFAULT 0 NOT NULL,
        randomness REAL DEFAULT 0.0 NOT NULL,
        {STAMPS}
    )""",
    f"""CREATE TABLE chain_model (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        model TEXT DEFAULT '' NOT NULL,
        land_input TEXT DEFAULT '' NOT NULL,
        arguments TEXT DEFAULT '{{}}' NOT NULL,
        years TEXT DEFAULT '' NOT NULL,
        {STAMPS}
    )""",
)
COLUMNS = (
    "ALTER TABLE scenario ADD COLUMN projection TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE scenario ADD COLUMN pace REAL DEFAULT 1.0 NOT NULL",
    "ALTER TABLE practice ADD COLUMN spread REAL DEFAULT 0.0 NOT NULL",
    "ALTER TABLE land_cover_class ADD COLUMN carbon_spread REAL DEFAULT 0.0 NOT NULL",
)


def upgrade() -> None:
    """Make the tables and columns: land stays as on the map, and coefficients are as written, until somebody says more."""
    raw = op.get_bind().connection.dbapi_connection
    for statement in (*TABLES, *COLUMNS):
        raw.execute(statement)  # type: ignore[union-attr]
    for table in ("projection", "chain_model"):
        register_attributes(raw, table)  # type: ignore[arg-type]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
