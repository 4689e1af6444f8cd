"""The first tables of a project file."""

from alembic import op

from onekl_desktop.project.gpkg import register_attributes, register_features

revision = "core_0001"
down_revision = None
branch_labels = ("core",)
depends_on = None

TABLES = (
    """CREATE TABLE landscape (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        description TEXT DEFAULT '' NOT NULL,
        country TEXT DEFAULT '' NOT NULL,
        synthetic BOOLEAN DEFAULT 0 NOT NULL,
        area_ha REAL,
        crs TEXT DEFAULT '' NOT NULL,
        currency TEXT DEFAULT 'USD' NOT NULL,
        price_year INTEGER DEFAULT 2026 NOT NULL,
        discount_rate REAL DEFAULT 0.08 NOT NULL,
        horizon_year INTEGER DEFAULT 2045 NOT NULL,
        land_cover TEXT DEFAULT '' NOT NULL,
        zones TEXT DEFAULT '' NOT NULL,
        boundary_source TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL,
        geom MULTIPOLYGON
    )""",
    """CREATE TABLE layer (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        data_kind TEXT DEFAULT 'vector' NOT NULL,
        role TEXT DEFAULT 'other' NOT NULL,
        table_name TEXT DEFAULT '' NOT NULL,
        file_name TEXT DEFAULT '' NOT NULL,
        geometry_type TEXT DEFAULT '' NOT NULL,
        crs TEXT DEFAULT '' NOT NULL,
        year INTEGER,
        unit TEXT DEFAULT '' NOT NULL,
        legend TEXT DEFAULT '' NOT NULL,
        name_column TEXT DEFAULT '' NOT NULL,
        style TEXT DEFAULT '{}' NOT NULL,
        visible BOOLEAN DEFAULT 1 NOT NULL,
        opacity REAL DEFAULT 1.0 NOT NULL,
        position REAL DEFAULT 0.0 NOT NULL,
        extent TEXT DEFAULT '' NOT NULL,
        feature_count INTEGER,
        source TEXT DEFAULT '' NOT NULL,
        licence TEXT DEFAULT '' NOT NULL,
        import_note TEXT DEFAULT '' NOT NULL,
        revision INTEGER DEFAULT 1 NOT NULL,
        content_hash TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE land_cover_class (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        legend TEXT DEFAULT '' NOT NULL,
        code INTEGER DEFAULT 0 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        colour TEXT DEFAULT '#999999' NOT NULL,
        natural_forest BOOLEAN DEFAULT 0 NOT NULL,
        carbon_above_t_per_ha REAL,
        carbon_below_t_per_ha REAL,
        carbon_soil_t_per_ha REAL,
        carbon_dead_t_per_ha REAL,
        carbon_source TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE indicator (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        code TEXT DEFAULT '' NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        definition TEXT DEFAULT '' NOT NULL,
        unit TEXT DEFAULT '' NOT NULL,
        direction INTEGER DEFAULT 0 NOT NULL,
        decimals INTEGER DEFAULT 0 NOT NULL,
        model TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE indicator_value (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        run TEXT DEFAULT '' NOT NULL,
        indicator TEXT DEFAULT '' NOT NULL,
        scenario TEXT DEFAULT '' NOT NULL,
        year INTEGER,
        zone TEXT DEFAULT '' NOT NULL,
        category TEXT DEFAULT '' NOT NULL,
        value REAL,
        low REAL,
        high REAL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE practice (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        code TEXT DEFAULT '' NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        description TEXT DEFAULT '' NOT NULL,
        colour TEXT DEFAULT '#2e7d5b' NOT NULL,
        class_code INTEGER,
        from_classes TEXT DEFAULT '' NOT NULL,
        years_to_class INTEGER DEFAULT 0 NOT NULL,
        capital_cost_per_ha REAL DEFAULT 0.0 NOT NULL,
        operating_cost_per_ha_year REAL DEFAULT 0.0 NOT NULL,
        labour_start_days_per_ha REAL DEFAULT 0.0 NOT NULL,
        labour_days_per_ha_year REAL DEFAULT 0.0 NOT NULL,
        source TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE scenario (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        name TEXT DEFAULT '' NOT NULL,
        description TEXT DEFAULT '' NOT NULL,
        is_baseline BOOLEAN DEFAULT 0 NOT NULL,
        locked BOOLEAN DEFAULT 0 NOT NULL,
        proposed_by TEXT DEFAULT '' NOT NULL,
        colour TEXT DEFAULT '#3d6fb4' NOT NULL,
        position REAL DEFAULT 0.0 NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE intervention (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        scenario TEXT DEFAULT '' NOT NULL,
        practice TEXT DEFAULT '' NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        schedule TEXT DEFAULT '[]' NOT NULL,
        start_year INTEGER,
        area_ha REAL,
        note TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL,
        geom MULTIPOLYGON
    )""",
    """CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        model TEXT DEFAULT '' NOT NULL,
        model_version TEXT DEFAULT '' NOT NULL,
        scenario TEXT DEFAULT '' NOT NULL,
        fingerprint TEXT DEFAULT '' NOT NULL,
        inputs TEXT DEFAULT '{}' NOT NULL,
        warnings TEXT DEFAULT '[]' NOT NULL,
        started_at TEXT DEFAULT '' NOT NULL,
        duration_s REAL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE onekl_journal (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        operation TEXT DEFAULT '' NOT NULL,
        words TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE onekl_meta (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        "key" TEXT DEFAULT '' NOT NULL,
        value TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
    """CREATE TABLE onekl_parked (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
        table_name TEXT DEFAULT '' NOT NULL,
        file_name TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL
    )""",
)
INDEXES = (
    "CREATE INDEX ix_indicator_value_run ON indicator_value (run)",
    "CREATE INDEX ix_run_scenario ON run (scenario)",
)
FEATURES = ("landscape", "intervention")


def upgrade() -> None:
    """Create and register the tables."""
    connection = op.get_bind()
    raw = connection.connection.dbapi_connection
    for statement in (*TABLES, *INDEXES):
        raw.execute(statement)  # type: ignore[union-attr]
    for statement in TABLES:
        table = statement.split()[2]
        if table in FEATURES:
            register_features(raw, table, "geom", "MULTIPOLYGON", connection.info["srs_id"])  # type: ignore[arg-type]
        else:
            register_attributes(raw, table)  # type: ignore[arg-type]


def downgrade() -> None:
    """Project files only move forward; the backup is the way back."""
    raise NotImplementedError
