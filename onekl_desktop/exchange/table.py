"""Tables that name the classes of a raster: CSV with a column of codes, one of names, and whatever else fits."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.project.styles import PALETTE, as_colour

_CODES = ("code", "value", "lucode", "id", "class", "kode", "codigo")
_NAMES = ("name", "label", "lulc_name", "class_name", "description", "nama", "nom", "nombre", "landcover", "kelas")
_COLOURS = ("colour", "color", "color_palette", "warna", "couleur")
_POOLS = {
    "above": ("c_above", "carbon_above", "above"), "below": ("c_below", "carbon_below", "below"),
    "soil": ("c_soil", "carbon_soil", "soil"), "dead": ("c_dead", "carbon_dead", "dead"),
}  # fmt: skip


@dataclass
class ClassRow:
    """One class as a table gives it; pools in t C/ha, None where the table has none."""

    code: int
    name: str
    colour: str
    pools: dict[str, float | None]
    natural_forest: bool = False
    source: str = ""


def read_text(path: Path) -> str:
    """A text file in UTF-8 (with or without mark), else Windows-1252."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_classes(path: Path) -> list[ClassRow]:
    """Read a class table; the column names decide what each column is.

    Raises
    ------
    UserError
        `file.missing`, `import.bad_table`.
    """
    text = read_text(path)
    try:
        dialect = csv.Sniffer().sniff(text[:4000], delimiters=",;\t")
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    if not rows:
        raise UserError("import.bad_table", file=path, reason="it has no rows")
    heads = [head for head in rows[0] if head]
    code_column = _find(heads, _CODES) or heads[0]
    name_column = _find([head for head in heads if head != code_column], _NAMES) or _first_text(
        rows, heads, code_column
    )
    if name_column is None:
        raise UserError("import.bad_table", file=path, reason="it has no column of names")
    colour_column = _find(heads, _COLOURS)
    forest_column = _find(heads, ("natural_forest", "forest"))
    source_column = _find(heads, ("carbon_source", "source"))
    out: dict[int, ClassRow] = {}
    for number, row in enumerate(rows, start=2):
        raw = (row.get(code_column) or "").strip()
        if not raw:
            continue
        code = _number(raw)
        if code is None or code != int(code) or not 0 <= code < 65_535:
            raise UserError("import.bad_table", file=path, reason=f"line {number}: {raw} is not a code from 0 to 65534")
        if int(code) in out:
            raise UserError("import.bad_table", file=path, reason=f"line {number}: the code {int(code)} is named twice")
        colour = (
            as_colour((row.get(colour_column) or "").strip()) if colour_column else PALETTE[len(out) % len(PALETTE)]
        )
        pools: dict[str, float | None] = {}
        for pool, names in _POOLS.items():
            column = _find(heads, names)
            pools[pool] = _number((row.get(column) or "").strip()) if column else None
        forest = (row.get(forest_column) or "").strip().lower() in ("1", "true", "yes") if forest_column else False
        source = (row.get(source_column) or "").strip() if source_column else ""
        name = (row.get(name_column) or "").strip() or f"Class {int(code)}"
        out[int(code)] = ClassRow(int(code), name, colour, pools, forest, source)
    if not out:
        raise UserError("import.bad_table", file=path, reason="it has no codes")
    return sorted(out.values(), key=lambda item: item.code)


def _find(heads: list[str], words: tuple[str, ...]) -> str | None:
    low = {head.strip().lower(): head for head in heads}
    return next((low[word] for word in words if word in low), None)


def _first_text(rows: list[dict[str, str]], heads: list[str], code_column: str) -> str | None:
    for head in heads:
        if head != code_column and any(
            _number((row.get(head) or "").strip()) is None and (row.get(head) or "").strip() for row in rows
        ):
            return head
    return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
