"""Parameter sets and datastacks: which model, and its arguments with paths that can be opened."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _

MOST_MEMBERS, MOST_BYTES = 10_000, 1 << 37
MOST_JSON = 1 << 24
ARCHIVES = (".tgz", ".tar.gz", ".tar")


@dataclass(frozen=True)
class Parameters:
    """A parameter set: InVEST's id of the model ('' when it does not say), arguments, and the folder of its paths."""

    path: Path
    model: str
    arguments: dict[str, Any]
    folder: Path

    def locate(self, value: Any) -> tuple[Path, str]:
        """A file as the set writes it, and the layer in it: `FILE`, or `FILE.gpkg#Layer` of a project or GeoPackage.

        Relative paths start from the set's own folder. A layer is named as the project shows it, or as its table.
        """
        text = str(value).replace("\\", "/")
        name, mark, layer = text.rpartition("#")
        if mark and name.lower().endswith(".gpkg"):
            path = self.folder / name
            return path, find_table(path, layer)
        return self.folder / text, ""


def find_table(path: Path, layer: str) -> str:
    """The table of a project's layer; the name itself where the file is no project of ours."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as raw:
            found = raw.execute(
                "SELECT table_name FROM layer WHERE name = ? OR table_name = ?", (layer, layer)
            ).fetchone()
    except sqlite3.Error:
        return layer
    return str(found[0]) if found else layer


@contextmanager
def read_parameters(path: Path) -> Iterator[Parameters]:
    """Open a parameter set (JSON) or a datastack (an archive with `parameters.json`, unpacked while in use).

    Raises
    ------
    UserError
        `file.missing`, `model.bad_set`, or a problem of the medium.
    """
    if path.is_dir():
        raise UserError("file.is_folder", file=path)
    if not path.exists():
        raise UserError("file.missing", file=path)
    if path.name.lower().endswith(ARCHIVES):
        with TemporaryDirectory(prefix="onekl-datastack-") as name:
            folder = Path(name)
            _unpack(path, folder)
            found = sorted(folder.rglob("parameters.json"), key=lambda item: len(item.parts))
            if not found:
                raise UserError("model.bad_set", file=path, reason=_("it holds no parameters.json"))
            yield _read(found[0], path)
        return
    yield _read(path, path)


def read_document(path: Path, told: Path | None = None) -> dict[str, Any]:
    """A JSON object of a file; `told` is the name that a problem mentions.

    Raises
    ------
    UserError
        `file.missing`, `model.bad_set`, or a problem of the medium.
    """
    told = told or path
    if path.is_dir():
        raise UserError("file.is_folder", file=told)
    if not path.exists():
        raise UserError("file.missing", file=told)
    try:
        if path.stat().st_size > MOST_JSON:
            raise UserError("model.bad_set", file=told, reason=_("it is far too large for a parameter set"))
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise explain_os_error(problem, told) from None
    except (ValueError, RecursionError) as problem:
        raise UserError(
            "model.bad_set", file=told, reason=_("it is no JSON ({problem})").format(problem=problem)
        ) from None
    if not isinstance(document, dict):
        raise UserError("model.bad_set", file=told, reason=_("it must be an object of arguments"))
    return document


def _read(path: Path, told: Path) -> Parameters:
    document = read_document(path, told)
    arguments = document.get("args", document)
    if not isinstance(arguments, dict):
        raise UserError("model.bad_set", file=told, reason=_("its args must be an object"))
    model = document.get("model_id") or document.get("model_name") or ""
    model = str(model).removeprefix("natcap.invest.").split(".")[0]
    skipped = ("args", "model_id", "model_name", "invest_version") if "args" not in document else ()
    arguments = {str(key): value for key, value in arguments.items() if key not in skipped}
    return Parameters(told, model, arguments, path.resolve().parent)


def _unpack(path: Path, folder: Path) -> None:
    """Take plain files out of an archive; anything that would leave the folder, or is no file, is refused."""
    try:
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            if len(members) > MOST_MEMBERS or sum(member.size for member in members) > MOST_BYTES:
                raise UserError("model.bad_set", file=path, reason=_("it holds more than can be unpacked"))
            for member in members:
                if member.isdir():
                    continue
                name = PurePosixPath(member.name)
                if not member.isfile() or name.is_absolute() or ".." in name.parts or ":" in member.name:
                    raise UserError(
                        "model.bad_set", file=path, reason=_("it holds {name}, which is no plain file of its own folder").format(name=member.name)
                    )  # fmt: skip
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                stream = archive.extractfile(member)
                if stream is not None:
                    with stream, target.open("wb") as out:
                        while block := stream.read(1 << 20):
                            out.write(block)
    except (tarfile.TarError, EOFError, ValueError) as problem:
        raise UserError(
            "model.bad_set", file=path, reason=_("the archive is damaged ({problem})").format(problem=problem)
        ) from None
    except OSError as problem:
        raise explain_os_error(problem, path) from None
