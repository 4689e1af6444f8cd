"""Who is who, who met whom, what was said, what is wanted and how it comes about: partnership, knowledge, vision, action plan."""

from __future__ import annotations

from alembic import op

from onekl_desktop.project.gpkg import register_attributes, register_features

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None

TEXT, REAL, WHOLE = "TEXT DEFAULT '' NOT NULL", "REAL DEFAULT 0.0 NOT NULL", "INTEGER"
PLACE = {"longitude": "REAL", "latitude": "REAL"}


def _coded(default: str) -> str:
    return f"TEXT DEFAULT '{default}' NOT NULL"


TABLES: dict[str, dict[str, str]] = {
    "profile": {
        "website": TEXT, "contact": TEXT, "location": TEXT, "area_types": TEXT, "population": WHOLE, "partnership_status": _coded("none"),
        "partnership_year": WHOLE, "picture": TEXT, "ecosystems": TEXT, "languages": TEXT, "livelihoods": TEXT, "commodities": TEXT,
        "organisation_types": TEXT, "production_methods": TEXT, "introduction": TEXT, "people": TEXT, "economy": TEXT, "trends": TEXT,
        "production": TEXT, "governance": TEXT, "land_use": TEXT, "three_zones": TEXT, "three_zones_column": TEXT,
    },
    "boundary": {
        "name": TEXT, "boundary_type": _coded("stakeholder"), "drawn_by": TEXT, "drawn_on": TEXT, "source": TEXT, "note": TEXT,
        "area_ha": "REAL", "geom": "MULTIPOLYGON",
    },
    "linkage": {"giver": TEXT, "taker": TEXT, "linkage_type": _coded("information"), "strength": "INTEGER DEFAULT 1 NOT NULL", "note": TEXT},
    "membership": {"person": TEXT, "people_group": TEXT, "duty": _coded("member"), "since": TEXT, "until": TEXT},
    "engagement": {
        "name": TEXT, "mode": _coded("focused"), "organisation": TEXT, "people_group": TEXT, "purpose": TEXT, "method": TEXT, "frequency": TEXT,
        "planned_on": TEXT, "responsible": TEXT, "status": _coded("planned"), "note": TEXT,
    },
    "meeting": {
        "name": TEXT, "engagement": TEXT, "purpose": TEXT, "planned_on": TEXT, "begins_at": TEXT, "place": TEXT, "facilitator": TEXT,
        "secretary": TEXT, "agenda": TEXT, "status": _coded("planned"), "held_on": TEXT, "minutes": TEXT,
    },
    "attendance": {
        "meeting": TEXT, "person": TEXT, "organisation": TEXT, "people_group": TEXT, "gender": _coded("not_stated"),
        "people": "INTEGER DEFAULT 1 NOT NULL", "note": TEXT,
    },
    "evidence": {"subject_kind": TEXT, "subject": TEXT, "resource": TEXT, "content_hash": TEXT, "note": TEXT},
    "glossary_term": {"name": TEXT, "definition": TEXT, "example": TEXT, "language": TEXT, "source": TEXT},
    "comment": {
        "name": TEXT, "subject_kind": TEXT, "subject": TEXT, "comment_type": _coded("comment"), "body": TEXT, "author": TEXT, "people_group": TEXT,
        "answers": TEXT, "status": _coded("open"), "settlement": TEXT, **PLACE,
    },
    "vision": {
        "name": TEXT, "statement": TEXT, "horizon_year": WHOLE, "agreed_on": TEXT, "decision": TEXT, "picture": TEXT,
        "status": _coded("draft"), "replaces": TEXT,
    },
    "wish": {"theme": _coded("natural"), "zone": _coded("natural"), "body": TEXT},
    "concern": {
        "name": TEXT, "concern_type": _coded("challenge"), "dimension": _coded("conservation"), "description": TEXT, "people_group": TEXT,
        "place": TEXT, "weight": WHOLE, "meeting": TEXT, **PLACE,
    },
    "picture": {
        "name": TEXT, "depicts": _coded("now"), "people_group": TEXT, "layer": TEXT, "resource": TEXT, "meeting": TEXT, "drawn_on": TEXT,
        "note": TEXT,
    },
    "result": {
        "name": TEXT, "result_type": _coded("result"), "description": TEXT, "goal": TEXT, "action": TEXT, "indicator": TEXT,
        "second_indicator": TEXT, "third_indicator": TEXT, "x": "REAL", "y": "REAL",
    },
    "result_link": {"cause": TEXT, "effect": TEXT, "assumption": TEXT, "evidence": TEXT, "resource": TEXT},
    "dependency": {"action": TEXT, "waits_for": TEXT, "note": TEXT},
    "budget_line": {
        "name": TEXT, "action": TEXT, "budget_type": _coded("investment"), "year": WHOLE, "planned": REAL, "spent": "REAL", "finance_source": TEXT,
    },
    "interplay": {"first_action": TEXT, "second_action": TEXT, "score": "INTEGER DEFAULT 0 NOT NULL", "note": TEXT},
}  # fmt: skip
ADDED = {
    "organisation": {
        "power": WHOLE, "interest": WHOLE, "legitimacy": WHOLE, "urgency": WHOLE, "affected": WHOLE, "standing": _coded("member"),
        "influence_note": TEXT,
    },
    "people_group": {"group_type": _coded("voice"), "parent": TEXT, "purpose": TEXT},
    "agreement": {"agreement_type": _coded("partnership")},
    "consent": {"agreement": TEXT},
    "decision": {
        "voters": TEXT, "closes_on": TEXT, "dots": "INTEGER DEFAULT 8 NOT NULL", "dots_per_option": "INTEGER DEFAULT 0 NOT NULL",
        "most_objections": "INTEGER DEFAULT 0 NOT NULL", "proposal": TEXT, "meeting": TEXT, **PLACE,
    },
    "vote": {"marks": TEXT, "reason": TEXT},
    "resource": {
        "author": TEXT, "language": TEXT, "year": WHOLE, "keywords": TEXT, "place": TEXT, "source": TEXT, "layer": TEXT, **PLACE,
    },
    "goal": {"measure": TEXT},
    "action": {
        "responsible": TEXT, "partners": TEXT, "priority": _coded("middle"), "participation": TEXT, "tags": TEXT, "confidential": "BOOLEAN DEFAULT 0 NOT NULL",
    },
}  # fmt: skip
INDEXES = (
    ("linkage", "giver"), ("linkage", "taker"), ("membership", "people_group"), ("attendance", "meeting"), ("evidence", "subject"),
    ("comment", "subject"), ("result_link", "cause"), ("result_link", "effect"), ("dependency", "action"), ("dependency", "waits_for"),
    ("budget_line", "action"),
)  # fmt: skip
STAMP = "TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL"


def upgrade() -> None:
    """Make the tables, add the columns; an action's one predecessor becomes a dependency, share of support gets its own name."""
    connection = op.get_bind()
    raw = connection.connection.dbapi_connection
    assert raw is not None
    for table, columns in TABLES.items():
        named = {
            "id": "INTEGER PRIMARY KEY", "uuid": "TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16))))",
            **{name: kind for name, kind in columns.items() if name != "geom"}, "created_at": STAMP, "created_by": TEXT, "changed_at": STAMP,
            "changed_by": TEXT, **({"geom": columns["geom"]} if "geom" in columns else {}),
        }  # fmt: skip
        raw.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in named.items())})")  # type: ignore[attr-defined]
        if "geom" in columns:
            register_features(raw, table, "geom", "MULTIPOLYGON", connection.info["srs_id"])  # type: ignore[arg-type]
        else:
            register_attributes(raw, table)  # type: ignore[arg-type]
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            raw.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")  # type: ignore[attr-defined]
    for table, column in INDEXES:
        raw.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")  # type: ignore[attr-defined]
    for statement in (
        "INSERT INTO dependency (action, waits_for) SELECT uuid, depends_on FROM action WHERE depends_on != '' ORDER BY id",
        "ALTER TABLE action DROP COLUMN depends_on",
        "DELETE FROM release_rule WHERE record_kind = 'action' AND field = 'depends_on'",
        "UPDATE decision SET method = 'support' WHERE method = 'consensus'",
    ):
        raw.execute(statement)  # type: ignore[attr-defined]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
