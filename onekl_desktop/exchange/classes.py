"""Tables that name the classes of a raster: a column of codes, one of names, and whatever else fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import parse_number
from onekl_desktop.exchange.table import read_table
from onekl_desktop.project.styles import PALETTE, as_colour

_CODES = ("code", "value", "lucode", "id", "class", "kode", "codigo")
_NAMES = ("name", "label", "lulc_name", "class_name", "description", "nama", "nom", "nombre", "landcover", "kelas")
_COLOURS = ("colour", "color", "color_palette", "warna", "couleur")
_POOLS = {
    "above": ("c_above", "carbon_above", "above"), "below": ("c_below", "carbon_below", "below"),
    "soil": ("c_soil", "carbon_soil", "soil"), "dead": ("c_dead", "carbon_dead", "dead"),
}  # fmt: skip


_NOTHING = ("", "-", "–", "na", "n/a", "nan", "null", "none", "?")


@dataclass
class ClassRow:
    """One class as a table gives it; pools in t C/ha, None where the table has none."""

    code: int
    name: str
    colour: str
    pools: dict[str, float | None]
    natural_forest: bool = False
    source: str = ""
    spread: float = 0.0


def read_classes(path: Path) -> list[ClassRow]:
    """Read a class table; the column names decide what each column is.

    Raises
    ------
    UserError
        `file.missing`, `import.bad_table`.
    """
    table = read_table(path)
    heads = table.heads
    rows = [{head: _text(cell) for head, cell in zip(heads, cells, strict=True)} for cells in table.rows]
    code_column = _find(heads, _CODES) or heads[0]
    name_column = _find([head for head in heads if head != code_column], _NAMES) or _first_text(
        rows, heads, code_column
    )
    if name_column is None:
        raise UserError("import.bad_table", file=path, reason=_("it has no column of names"))
    colour_column = _find(heads, _COLOURS)
    forest_column = _find(heads, ("natural_forest", "forest"))
    source_column = _find(heads, ("carbon_source", "source"))
    spread_column = _find(heads, ("c_spread", "carbon_spread", "spread"))
    out: dict[int, ClassRow] = {}
    for number, row in zip(table.numbers, rows, strict=True):
        raw = (row.get(code_column) or "").strip()
        if not raw:
            continue
        code = parse_number(raw)
        if code is None or code != int(code) or not 0 <= code < 65_535:
            raise UserError(
                "import.bad_table",
                file=path,
                reason=_("line {number}: {value} is not a code from 0 to 65534").format(number=number, value=raw),
            )
        if int(code) in out:
            raise UserError(
                "import.bad_table",
                file=path,
                reason=_("line {number}: the code {value} is named twice").format(number=number, value=int(code)),
            )
        colour = (
            as_colour((row.get(colour_column) or "").strip()) if colour_column else PALETTE[len(out) % len(PALETTE)]
        )
        pools: dict[str, float | None] = {}
        for pool, names in _POOLS.items():
            column = _find(heads, names)
            given = (row.get(column) or "").strip() if column else ""
            pools[pool] = parse_number(given)
            if pools[pool] is None and given.lower() not in _NOTHING:
                reason = _("line {number}: {column} is “{value}”, which is not a number")
                raise UserError(
                    "import.bad_table", file=path, reason=reason.format(number=number, column=column, value=given[:30])
                )
        forest = (row.get(forest_column) or "").strip().lower() in ("1", "true", "yes") if forest_column else False
        source = (row.get(source_column) or "").strip() if source_column else ""
        name = (row.get(name_column) or "").strip() or _("Class {code}").format(code=int(code))
        spread = parse_number(row.get(spread_column) or "") if spread_column else None
        if spread is not None and not 0 <= spread < 1:
            reason = _("line {number}: {column} is a fraction from 0 to below 1").format(
                number=number, column=spread_column
            )
            raise UserError("import.bad_table", file=path, reason=reason)
        out[int(code)] = ClassRow(int(code), name, colour, pools, forest, source, spread or 0.0)
    if not out:
        raise UserError("import.bad_table", file=path, reason=_("it has no codes"))
    return sorted(out.values(), key=lambda item: item.code)


def _find(heads: list[str], words: tuple[str, ...]) -> str | None:
    low = {head.strip().lower(): head for head in heads}
    return next((low[word] for word in words if word in low), None)


def _first_text(rows: list[dict[str, str]], heads: list[str], code_column: str) -> str | None:
    for head in heads:
        if head != code_column and any(
            parse_number((row.get(head) or "").strip()) is None and (row.get(head) or "").strip() for row in rows
        ):
            return head
    return None


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
