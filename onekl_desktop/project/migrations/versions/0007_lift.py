"""From an idea to a proposal: screening, present flows, capital, households, rates, documents and movements of money."""

from __future__ import annotations

from alembic import op

from onekl_desktop.project.gpkg import register_attributes

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None

TEXT, REAL, WHOLE = "TEXT DEFAULT '' NOT NULL", "REAL DEFAULT 0.0 NOT NULL", "INTEGER"
TABLES: dict[str, dict[str, str]] = {
    "idea": {
        "action": TEXT, "project": TEXT, "finance_source": TEXT, "money": "TEXT DEFAULT 'none' NOT NULL", "fit": WHOLE, "readiness": WHOLE,
        "scale": WHOLE, "revenue": WHOLE, "risk": WHOLE, "champion": WHOLE, "verdict": "TEXT DEFAULT 'open' NOT NULL", "reason": TEXT,
    },
    "finance_flow": {
        "name": TEXT, "organisation": TEXT, "purpose": TEXT, "effect": "TEXT DEFAULT 'neutral' NOT NULL", "amount": REAL, "first_year": WHOLE,
        "last_year": WHOLE, "place": TEXT, "source": TEXT,
    },
    "funding": {
        "name": TEXT, "project": TEXT, "finance_source": TEXT, "instrument": "TEXT DEFAULT 'loan' NOT NULL",
        "terms": "TEXT DEFAULT 'commercial' NOT NULL", "amount": REAL, "currency": TEXT, "year": "INTEGER DEFAULT 0 NOT NULL", "interest": REAL,
        "grace_years": "INTEGER DEFAULT 0 NOT NULL", "payments": "INTEGER DEFAULT 5 NOT NULL", "repayment": "TEXT DEFAULT 'annuity' NOT NULL",
        "fee_share": REAL, "cover_share": "REAL DEFAULT 1.0 NOT NULL", "security": TEXT, "status": "TEXT DEFAULT 'planned' NOT NULL",
    },
    "household_type": {
        "name": TEXT, "project": TEXT, "households": REAL, "hectares": REAL, "other_income": REAL, "benchmark": "REAL", "benchmark_source": TEXT,
    },
    "exchange_rate": {"currency": TEXT, "rate": REAL, "rated_on": TEXT, "source": TEXT},
    "room_item": {"project": TEXT, "item": TEXT, "status": "TEXT DEFAULT 'missing' NOT NULL", "resource": TEXT, "note": TEXT},
    "movement": {
        "project": TEXT, "finance_source": TEXT, "deed": "TEXT DEFAULT 'commitment' NOT NULL", "amount": REAL, "moved_on": TEXT, "note": TEXT,
    },
}  # fmt: skip
ADDED = {
    "project": {
        "sells_harvest": "BOOLEAN DEFAULT 0 NOT NULL", "wage_per_day": REAL, "own_labour_share": "REAL DEFAULT 1.0 NOT NULL", "tax_rate": REAL,
        "minimum_dscr": "REAL DEFAULT 1.2 NOT NULL", "carbon_price": REAL, "carbon_deduction": "REAL DEFAULT 0.3 NOT NULL",
        "carbon_every": "INTEGER DEFAULT 5 NOT NULL", "carbon_cost": REAL, "buyer_share": "REAL", "problem": TEXT, "solution": TEXT, "market": TEXT,
        "team": TEXT, "safeguards": TEXT,
    },
    "practice": {"trees_per_ha": REAL, "survival": "REAL DEFAULT 1.0 NOT NULL", "price_average": REAL},
    "finance_source": {
        "applicants": TEXT, "stages": TEXT, "exclusions": TEXT, "tenor_maximum": "REAL", "grace_maximum": "REAL", "return_minimum": "REAL",
        "months_to_money": "REAL",
    },
}  # fmt: skip
INDEXES = (("idea", "action"), ("funding", "project"), ("household_type", "project"), ("room_item", "project"), ("movement", "project"))  # fmt: skip
STAMP = "TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL"


def upgrade() -> None:
    """Make the tables and add the columns; projects that are there keep their numbers: none sells its harvest by itself."""
    raw = op.get_bind().connection.dbapi_connection
    for table, columns in TABLES.items():
        named = {
            "id": "INTEGER PRIMARY KEY", "uuid": "TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16))))", **columns, "created_at": STAMP,
            "created_by": TEXT, "changed_at": STAMP, "changed_by": TEXT,
        }  # fmt: skip
        raw.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in named.items())})")  # type: ignore[union-attr]
        register_attributes(raw, table)  # type: ignore[arg-type]
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            raw.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")  # type: ignore[union-attr]
    for table, column in INDEXES:
        raw.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")  # type: ignore[union-attr]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
