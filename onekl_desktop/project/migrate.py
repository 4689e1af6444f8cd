"""Numbered migrations: a branch for the core and one for each tool that has tables of its own.

Revisions are files `NNNN_words.py` with `revision = "<branch>_NNNN"`; the branch's newest number is read
from the file names, so that opening an up-to-date project never imports Alembic.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

HERE = Path(__file__).parent / "migrations"
_FILE = re.compile(r"^(\d{4})_\w+\.py$")


@dataclass(frozen=True)
class Branch:
    """A line of migrations: name and the folder of its revision files."""

    name: str
    folder: Path

    @property
    def head(self) -> str:
        """Newest revision, `<name>_NNNN`; `<name>_0000` when there is none."""
        numbers = [match[1] for path in self.folder.glob("*.py") if (match := _FILE.match(path.name))]
        return f"{self.name}_{max(numbers, default='0000')}"


CORE = Branch("core", HERE / "versions")


def read_versions(connection: sqlite3.Connection) -> dict[str, str]:
    """Branch -> revision of a file."""
    rows = connection.execute("SELECT version_num FROM alembic_version")
    return {str(version).rsplit("_", 1)[0]: str(version) for (version,) in rows}


def find_newer(versions: dict[str, str], branches: list[Branch]) -> tuple[str, str] | None:
    """A revision (found, known) that is newer than what this program knows; other tools' branches are left alone."""
    for branch in branches:
        found = versions.get(branch.name)
        if found is not None and found > branch.head:
            return found, branch.head
    return None


def find_outdated(versions: dict[str, str], branches: list[Branch]) -> list[Branch]:
    """Branches that the file lacks or has in an older revision."""
    return [branch for branch in branches if versions.get(branch.name, f"{branch.name}_0000") < branch.head]


def upgrade(connection: Connection, branches: list[Branch], srs_id: int) -> None:
    """Bring the file to the newest revision of each branch, within the connection's transaction."""
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    folders = [branch.folder for branch in [CORE, *branches] if branch.folder.is_dir()]
    config.set_main_option(
        "version_locations", "\n".join(dict.fromkeys(str(folder).replace("%", "%%") for folder in folders))
    )
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}

    def steps(current, _context):  # type: ignore[no-untyped-def]
        # Revisions of tools that are not installed here stay as they are.
        return script._upgrade_revs("heads", tuple(rev for rev in current if rev in known))

    context = MigrationContext.configure(connection, opts={"fn": steps, "transaction_per_migration": False})
    from alembic.operations import Operations

    with Operations.context(context):
        connection.info["srs_id"] = srs_id
        context.run_migrations()
