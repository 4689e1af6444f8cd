"""Install and remove plug-ins from a file: a zip with one folder of the shape of a built-in tool."""

from __future__ import annotations

import ast
import shutil
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.engine.registry import Registry, discover, plugins_folder

MOST_FILES, MOST_BYTES = 500, 50_000_000


def install_plugin(file: Path) -> str:
    """Unpack a plug-in into the user's folder, whole or not at all.

    Returns
    -------
    The tool's id.

    Raises
    ------
    UserError
        `plugin.bad`, `plugin.exists`, `file.missing`.
    """
    if not file.exists():
        raise UserError("file.missing", file=file)
    try:
        with zipfile.ZipFile(file) as archive:
            name = _check_archive(archive, file)
            if any(entry.spec.id == name for entry in discover().entries):
                raise UserError("plugin.exists", tool=name)
            folder = plugins_folder()
            fresh = folder / f".{name}.part"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            archive.extractall(fresh)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, RuntimeError, EOFError, ValueError) as problem:
        raise UserError("plugin.bad", file=file, reason=problem) from None
    (fresh / name).rename(folder / name)
    shutil.rmtree(fresh, ignore_errors=True)
    registry = discover()
    if not any(entry.spec.id == name for entry in registry.entries):
        shutil.rmtree(folder / name, ignore_errors=True)
        reason = next(
            (problem.message for problem in registry.problems if name in problem.message),
            _("its spec names another tool"),
        )
        raise UserError("plugin.bad", file=file, reason=reason)
    return name


def _check_archive(archive: zipfile.ZipFile, file: Path) -> str:
    names = [info for info in archive.infolist() if not info.is_dir()]
    if len(names) > MOST_FILES or sum(info.file_size for info in names) > MOST_BYTES:
        raise UserError("plugin.bad", file=file, reason=_("it is too large"))
    tops = set()
    for info in names:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or len(path.parts) < 2 or ":" in path.parts[0]:
            raise UserError(
                "plugin.bad", file=file, reason=_("the entry {name} lies outside one folder").format(name=info.filename)
            )
        tops.add(path.parts[0])
    if len(tops) != 1:
        raise UserError("plugin.bad", file=file, reason=_("it must hold exactly one folder"))
    name = tops.pop()
    if not name.isidentifier() or not name.islower():
        raise UserError("plugin.bad", file=file, reason=_("{name} cannot be the name of a tool").format(name=name))
    try:
        ast.parse(archive.read(f"{name}/spec.py"))
    except KeyError:
        raise UserError("plugin.bad", file=file, reason=_("it has no spec.py")) from None
    except SyntaxError as problem:
        raise UserError(
            "plugin.bad", file=file, reason=_("its spec.py is not Python ({problem})").format(problem=problem)
        ) from None
    return name


def remove_plugin(tool: str) -> None:
    """Delete an installed plug-in; the tables it made in projects stay."""
    folder = plugins_folder() / tool
    if not tool.isidentifier() or not (folder / "spec.py").exists():
        raise UserError("plugin.missing", tool=tool)
    shutil.rmtree(folder)


def list_plugins(registry: Registry) -> list[dict[str, str]]:
    """Installed plug-ins for a listing."""
    return [
        {"tool": entry.spec.id, "title": entry.spec.title, "folder": str(entry.folder)}
        for entry in registry.entries if not entry.builtin
    ]  # fmt: skip
