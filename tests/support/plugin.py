"""A small plug-in as people exchange it: records, a migration, an operation, a page, help; no panel of its own."""

from __future__ import annotations

import zipfile
from pathlib import Path

FILES = {
    "__init__.py": '"""A notebook."""\n',
    "help.md": "# Notebook\n\nNotes that belong to the landscape.\n",
    "spec.py": '''"""What the notebook offers."""

from onekl_desktop.base.specs import Operation, PageSpec, Text, Tool, Verb

TOOL = Tool(
    id="notebook", title="Notebook", icon="report", order=50, element="partnership", about="Notes.",
    operations=(Operation(id="add_note", title="Add a note", does="Noted: {words}", about="A line of text.",
                          inputs=(Text(id="words", title="Words"),)),),
    verbs=(Verb(words="note", operation="add_note"),),
    pages=(PageSpec(id="notes", title="Notes", build="pages:notes"),),
)
''',
    "records.py": '''"""Notes."""

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records import Record


class Note(Record):
    """A line."""

    __tablename__ = "notebook_note"
    __table_args__ = {"extend_existing": True}
    kind: ClassVar[str] = "note"
    words: Mapped[str] = mapped_column(server_default=text("''"), default="")
''',
    "operations.py": '''"""Write notes."""

import onekl_plugins.notebook.records as records


def add_note(write, words):
    """Add a line."""
    return {"note": write.add(records.Note(words=words)).uuid}
''',
    "pages.py": '''"""All notes."""

from onekl_desktop.reports.page import Notes, Page


def notes(session):
    """One page."""
    with session.project.read_raw() as raw:
        rows = raw.execute("SELECT words FROM notebook_note ORDER BY id").fetchall()
    return Page("Notes", blocks=[Notes(tuple(words for (words,) in rows))])
''',
    "migrations/0001_notes.py": '''"""The table of notes."""

from alembic import op

from onekl_desktop.project.gpkg import register_attributes

revision = "notebook_0001"
down_revision = None
branch_labels = ("notebook",)
depends_on = None


def upgrade():
    """Create it."""
    raw = op.get_bind().connection.dbapi_connection
    raw.execute("""CREATE TABLE notebook_note (id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))), words TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL, created_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL, changed_by TEXT DEFAULT '' NOT NULL)""")
    register_attributes(raw, "notebook_note")
''',
}


def make_plugin(folder: Path, tool: str = "notebook") -> Path:
    """The zip; under another id where one process has met the first already."""
    target = folder / f"{tool}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(f"{tool}/{name}", text.replace("notebook", tool).replace("Note(", f"{tool.title()}Note("))
    return target
