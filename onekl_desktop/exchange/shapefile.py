"""Shapefiles: parts that are missing, and texts whose encoding the file does not name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _

RAW = "ISO-8859-1"  # maps each byte to one character, so the bytes can be had back


def check_encoding(name: str) -> str:
    """The name of an encoding that Python knows.

    Raises
    ------
    UserError
        `import.encoding`.
    """
    import codecs

    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise UserError("import.encoding", encoding=name) from None


def part_of(path: Path, suffix: str) -> Path | None:
    """Another file of the shapefile, whatever the case of its ending."""
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.exists():
            return candidate
    return None


def names_encoding(path: Path) -> bool:
    """Whether the file says how its texts are encoded: a .cpg beside it, or the language byte of its .dbf."""
    if part_of(path, ".cpg") is not None:
        return True
    dbf = part_of(path, ".dbf")
    if dbf is None:
        return False
    with dbf.open("rb") as stream:
        head = stream.read(30)
    return len(head) == 30 and head[29] not in (0, 0x57)  # 0x57: "ANSI", which says nothing


@contextmanager
def with_index(path: Path) -> Iterator[Path]:
    """The shapefile itself, or where its .shx is missing a copy in which GDAL may make a new one."""
    if part_of(path, ".shx") is not None:
        yield path
        return
    from pyogrio import set_gdal_config_options

    with tempfile.TemporaryDirectory(prefix="onekl-shp-", ignore_cleanup_errors=True) as folder:
        for suffix in (".shp", ".dbf", ".prj", ".cpg"):
            part = part_of(path, suffix)
            if part is not None:
                shutil.copyfile(part, Path(folder) / f"{path.stem}{suffix}")
        set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        try:
            yield Path(folder) / f"{path.stem}.shp"
        finally:
            set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def decode(columns: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], str]:
    """Texts that were read byte for byte, decoded as UTF-8 where all of them are, else as Windows-1252.

    Returns
    -------
    The columns, and a sentence when there was something to decide ('' when all is ASCII).
    """
    texts = list(columns) + [value for values in columns.values() for value in values if isinstance(value, str)]
    odd = [text for text in texts if not text.isascii()]
    if not odd:
        return columns, ""
    try:
        for text in odd:
            text.encode(RAW).decode("utf-8")
        encoding, shown = "utf-8", "UTF-8"
    except UnicodeDecodeError:
        encoding, shown = "cp1252", "Windows-1252"

    def turn(text: Any) -> Any:
        return text.encode(RAW).decode(encoding, errors="replace") if isinstance(text, str) else text

    out = {}
    for name, values in columns.items():
        out[turn(name)] = (
            np.array([turn(value) for value in values], dtype=object) if values.dtype.kind == "O" else values
        )
    said = _(
        "The file does not name the encoding of its texts; they are read as {encoding}, for example “{example}”. If that looks wrong, name another encoding."
    ).format(encoding=shown, example=turn(odd[0])[:40])
    return out, said
