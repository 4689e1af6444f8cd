"""Zip files with maps or tables inside: looked through before anything is unpacked, unpacked into a folder of their own."""

from __future__ import annotations

import errno
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number

MOST_FILES = 20_000
MOST_BYTES = 8 << 30
LARGE_BYTES, MOST_RATIO = 100 << 20, 500
TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    struct.error,
    IndexError,
)
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def check_entries(path: Path, bag: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, when all are harmless.

    Raises
    ------
    UserError
        `import.archive`: a name that leaves the folder, a link, a password, sizes out of proportion.
    """
    entries = [entry for entry in bag.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise UserError(
            "import.archive", file=path, reason=_("it holds {count} files").format(count=format_number(len(entries)))
        )
    total = 0
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        if entry.filename.startswith("/") or ".." in parts or ":" in entry.filename or "\0" in entry.filename:
            raise UserError(
                "import.archive", file=path, reason=_("the name {name} is unsafe").format(name=entry.filename)
            )
        if entry.external_attr >> 28 == 0xA:
            raise UserError("import.archive", file=path, reason=_("{name} is a link").format(name=entry.filename))
        if entry.flag_bits & 1:
            raise UserError(
                "import.archive", file=path, reason=_("{name} is locked with a password").format(name=entry.filename)
            )
        total += entry.file_size
        swollen = entry.file_size > LARGE_BYTES and entry.file_size > MOST_RATIO * entry.compress_size
        if total > MOST_BYTES or swollen:
            raise UserError(
                "import.archive",
                file=path,
                reason=_("{name} would grow to {size} bytes").format(
                    name=entry.filename, size=format_number(entry.file_size)
                ),
            )
    return entries


def is_damage(problem: OSError) -> bool:
    """Whether a jump to a place that cannot be is the cause: the archive's list of contents is wrong, not the medium."""
    return problem.errno in (None, errno.EINVAL, errno.EOVERFLOW)


def _explain(problem: OSError, path: Path) -> UserError:
    if is_damage(problem):
        return UserError("import.archive", file=path, reason=problem.strerror or str(problem))
    return explain_os_error(problem, path)


def list_members(path: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Names of the files with one of these endings; what macOS adds to archives is passed over.

    Raises
    ------
    UserError
        `import.archive`.
    """
    try:
        with zipfile.ZipFile(path) as bag:
            names = [entry.filename for entry in check_entries(path, bag)]
    except TROUBLE as problem:
        raise UserError("import.archive", file=path, reason=str(problem) or type(problem).__name__) from None
    except OSError as problem:
        raise _explain(problem, path) from None
    shapefiles = {name[:-4].lower() for name in names if name.lower().endswith(".shp")}
    return sorted(
        name
        for name in names
        if name.lower().endswith(suffixes)
        and not name.startswith("__MACOSX")
        and not PurePosixPath(name).name.startswith("._")
        and not (name.lower().endswith(".dbf") and name[:-4].lower() in shapefiles)
    )


@contextmanager
def unpacked(path: Path, member: str) -> Iterator[Path]:
    """A member (and its siblings of the same stem: a shapefile is several files) in a folder that goes away again.

    Raises
    ------
    UserError
        `import.archive`.
    """
    wanted = PurePosixPath(member)
    with tempfile.TemporaryDirectory(prefix="onekl-zip-", ignore_cleanup_errors=True) as folder:
        found = Path(folder) / wanted.name
        try:
            with zipfile.ZipFile(path) as bag:
                for entry in check_entries(path, bag):
                    name = PurePosixPath(entry.filename)
                    if name.parent == wanted.parent and _belongs(name, wanted):
                        # Shapefile parts are found by GDAL only when their endings are spelt alike.
                        target = Path(folder) / (wanted.stem + name.name[len(wanted.stem) :].lower())
                        if name == wanted:
                            found = target
                        with bag.open(entry) as source, target.open("wb") as out:
                            while block := source.read(1 << 20):
                                out.write(block)
        except TROUBLE as problem:
            raise UserError("import.archive", file=path, reason=str(problem) or type(problem).__name__) from None
        except OSError as problem:
            raise _explain(problem, path) from None
        yield found


def _belongs(name: PurePosixPath, wanted: PurePosixPath) -> bool:
    return name == wanted or (
        wanted.suffix.lower() in _SHAPEFILE_PARTS and name.name.lower().startswith(f"{wanted.stem.lower()}.")
    )
