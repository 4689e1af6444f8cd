"""Inputs: one class a kind of value. `read` turns what a person or a program gave into the value."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from onekl_desktop.base import years
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import parse_shape
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import entered_unit

YES = {"yes", "true", "on", "1", "y", "ya", "oui", "sí", "si"}
NO = {"no", "false", "off", "0", "n", "tidak", "non"}


class Declaration(BaseModel):
    """Frozen, and strict about names: a misspelt key is an error where it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Condition(Declaration):
    """An input matters only when another one has one of these values."""

    field: str
    values: tuple[Any, ...]

    def holds(self, given: dict[str, Any]) -> bool:
        """Whether the values given so far make the input matter."""
        return given.get(self.field) in self.values

    def sentence(self, title: str) -> str:
        """The condition in words, for the help page."""
        return _("Only when {title} is {values}.").format(title=title, values=", ".join(str(v) for v in self.values))


class Input(Declaration):
    """One value that an operation, model or setting takes."""

    id: str
    title: str
    about: str = ""
    required: bool = True
    default: Any = None
    when: Condition | None = None

    @property
    def kind(self) -> str:
        """Word for the kind of value, for help and forms."""
        return type(self).__name__.lower()

    def read(self, value: Any) -> Any:
        """The value, checked; raises UserError with a problem tied to this field."""
        return value

    def fail(self, code: str, **facts: Any) -> UserError:
        """A UserError about this field."""
        from onekl_desktop.base.errors import make_problem

        facts = {"title": _(self.title), **facts}
        return UserError(code, [make_problem(code, field=self.id, **facts)], **facts)

    def hint(self) -> str:
        """What a good value looks like, for help and the command line."""
        return _("text")


class Text(Input):
    """Words; `long` asks for a larger box."""

    long: bool = False
    max_length: int = 2000

    def read(self, value: Any) -> str:
        text = "" if value is None else str(value).strip()
        text = "".join(ch for ch in text if ch >= " " or ch in "\n\t")
        if self.required and not text:
            raise self.fail("field.required")
        if len(text) > self.max_length:
            raise self.fail("field.too_long", maximum=self.max_length)
        return text


class Number(Input):
    """A real number with a unit and a range."""

    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 2
    source: str = ""  # of the default

    def read(self, value: Any) -> float:
        try:
            if isinstance(value, bool):
                raise ValueError
            number = float(value if not isinstance(value, str) else value.strip().replace("\u00a0", ""))
        except (TypeError, ValueError):
            raise self.fail("field.not_number", value=value) from None
        if not math.isfinite(number):
            raise self.fail("field.not_number", value=value)
        if self.minimum is not None and number < self.minimum:
            raise self.fail("field.too_small", value=value, minimum=f"{self.minimum:g}")
        if self.maximum is not None and number > self.maximum:
            raise self.fail("field.too_large", value=value, maximum=f"{self.maximum:g}")
        return number

    def hint(self) -> str:
        low = "" if self.minimum is None else f"{self.minimum:.10g}"
        high = "" if self.maximum is None or self.maximum >= 1e5 else f"{self.maximum:.10g}"
        span = f"{low}…{high}" if low or high else _("number")
        return f"{span} {entered_unit(self.unit)}".strip()


class Integer(Number):
    """A whole number."""

    decimals: int = 0

    def read(self, value: Any) -> int:  # type: ignore[override]
        number = super().read(value)
        if number != int(number):
            raise self.fail("field.not_number", value=value)
        return int(number)


class Year(Integer):
    """A calendar year."""

    minimum: float | None = years.FIRST_YEAR
    maximum: float | None = years.LAST_YEAR


class Code(Integer):
    """The code of a land-cover class."""

    minimum: float | None = 0
    maximum: float | None = 65_535


class Date(Input):
    """A day, `YYYY-MM-DD`."""

    def read(self, value: Any) -> str:
        text = str(value).strip()
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            raise self.fail("field.not_date", value=text) from None

    def hint(self) -> str:
        return "2026-11-24"


class Flag(Input):
    """Yes or no."""

    required: bool = False
    default: Any = False

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise self.fail("field.not_flag", value=value)

    def hint(self) -> str:
        return _("yes or no")


class Option(Declaration):
    """One of the choices of a `Choice`."""

    id: str
    title: str


class Choice(Input):
    """One of a few fixed options."""

    options: tuple[Option, ...]

    def read(self, value: Any) -> str:
        for option in self.options:
            if value == option.id:
                return option.id
        raise self.fail("field.not_choice", value=value, choices=", ".join(option.id for option in self.options))

    def hint(self) -> str:
        return " | ".join(option.id for option in self.options)


class Reference(Input):
    """A record of the project, by name or identity; `of` is the record kind (`scenario`, `practice`, `layer`…).

    With `of_field` another input says of which kind it is.
    """

    of: str
    of_field: str = ""

    def read(self, value: Any) -> str:
        text = "" if value is None else str(value).strip()
        if self.required and not text:
            raise self.fail("field.required")
        return text

    def hint(self) -> str:
        return _("name of a {kind}").format(kind=_(RECORD_WORDS.get(self.of, self.of)) if self.of else _("record"))


RECORD_WORDS = {
    "scenario": N_("scenario"), "practice": N_("practice"), "layer": N_("layer"), "intervention": N_("intervention"),
    "landscape": N_("landscape"), "indicator": N_("indicator"), "run": N_("run"),
    "land_cover_class": N_("land-cover class"), "indicator_value": N_("indicator value"),
    "organisation": N_("organisation"), "person": N_("person"), "group": N_("group"), "agreement": N_("agreement"),
    "signature": N_("signature"), "consent": N_("consent"), "decision": N_("decision"), "vote": N_("vote"),
    "goal": N_("goal"), "target": N_("target"), "action": N_("action"), "assessment": N_("assessment round"),
    "assessment_answer": N_("answer"), "project": N_("project"), "project_part": N_("part of a project"),
    "finance_line": N_("money line"), "finance_source": N_("finance source"), "observation": N_("observation"),
    "release_rule": N_("release rule"), "resource": N_("resource"), "bundle": N_("bundle"), "bookmark": N_("bookmark"), "map_layout": N_("page layout"),
    "projection": N_("projection"), "chain_model": N_("model of the chain"), "group_weight": N_("weight of a group"),
    "idea": N_("idea"), "finance_flow": N_("present flow of money"), "funding": N_("capital of a project"), "household_type": N_("kind of household"),
    "exchange_rate": N_("exchange rate"), "room_item": N_("document for investors"), "movement": N_("movement of money"),
    "profile": N_("profile of the landscape"), "boundary": N_("version of the boundary"), "linkage": N_("linkage of two organisations"),
    "membership": N_("membership in a group"), "engagement": N_("line of the engagement plan"), "meeting": N_("meeting"),
    "attendance": N_("attendance at a meeting"), "evidence": N_("evidence"), "glossary_term": N_("word of the glossary"), "comment": N_("comment"),
    "vision": N_("vision"), "wish": N_("wish for a zone"), "concern": N_("challenge or opportunity"), "picture": N_("picture or map of a group"),
    "result": N_("result in the chain"), "result_link": N_("arrow of the results chain"), "dependency": N_("dependency of actions"),
    "budget_line": N_("budget line"), "interplay": N_("interplay of two actions"),
}  # fmt: skip


class Shape(Input):
    """A shape on the map in the project's CRS: GeoJSON, WKT or a drawn one; `of` says of which kind (area, line or any)."""

    of: Literal["area", "line", "any"] = "area"

    def read(self, value: Any) -> Any:
        try:
            shape = parse_shape(value)
        except ValueError as problem:
            raise self.fail("field.not_shape", reason=problem) from None
        if shape is None or (self.of != "any" and shape.geom_type not in _SHAPE_TYPES[self.of]):
            code = "field.shape_kind" if self.of == "area" else "field.shape_line"
            raise self.fail(code, found=getattr(shape, "geom_type", "?"))
        return shape

    def hint(self) -> str:
        hints = {"area": _("GeoJSON or WKT polygon"), "line": _("GeoJSON or WKT line")}
        return hints.get(self.of, _("GeoJSON or WKT"))


_SHAPE_TYPES = {
    "area": ("Polygon", "MultiPolygon", "GeometryCollection"),
    "line": ("LineString", "MultiLineString", "LinearRing"),
}


class Schedule(Input):
    """Years with shares that add up to one."""

    def read(self, value: Any) -> list[dict[str, float]]:
        try:
            return years.parse_schedule(value)
        except (ValueError, json.JSONDecodeError) as problem:
            raise self.fail("field.not_schedule", reason=problem) from None

    def hint(self) -> str:
        return "2026:50%, 2027:50%"


class Colour(Input):
    """#rrggbb."""

    def read(self, value: Any) -> str:
        text = str(value).strip().lower()
        if not re.fullmatch(r"#[0-9a-f]{6}", text):
            raise self.fail("field.not_colour", value=value)
        return text

    def hint(self) -> str:
        return "#rrggbb"


class FilePath(Input):
    """A file to read, or with `save` one to write."""

    suffixes: tuple[str, ...] = ()
    save: bool = False

    def read(self, value: Any) -> str:
        text = "" if value is None else str(value)
        if self.required and not text:
            raise self.fail("field.required")
        return text

    def hint(self) -> str:
        return _("file") + (" (" + " ".join(self.suffixes) + ")" if self.suffixes else "")


class RasterFile(FilePath):
    """A raster; `codes` holds class codes. `resampling` is how it is brought onto another grid."""

    suffixes: tuple[str, ...] = (".tif",)
    unit: str = ""
    codes: bool = False
    resampling: str = "nearest"
    minimum: float | None = None
    maximum: float | None = None

    def hint(self) -> str:
        return _("raster file") + (f" ({self.unit})" if self.unit else "")


class VectorFile(FilePath):
    """Polygons, or points; `columns` are the attributes that must be there. A model's grid is cut to those that `cuts`."""

    shapes: str = "polygon"
    cuts: bool = False
    suffixes: tuple[str, ...] = (".gpkg", ".geojson", ".shp")
    columns: tuple[str, ...] = ()

    def hint(self) -> str:
        return _("polygon file") if self.shapes == "polygon" else _("point file")


class TableColumn(Declaration):
    """A column of a table; `kind` is number, code, text, choice or raster (a file beside the table)."""

    id: str
    about: str = ""
    kind: str = "number"
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[str, ...] = ()
    required: bool = True
    switch: bool = False  # 1 or 0, nothing between
    when: Condition | None = None


class TableFile(FilePath):
    """A table with one row for each value of `index` (a class code unless `text_index`)."""

    suffixes: tuple[str, ...] = (".csv", ".xlsx")
    index: str = "lucode"
    text_index: bool = False
    columns: tuple[TableColumn, ...] = ()

    def hint(self) -> str:
        return _("table: {columns}").format(columns=", ".join([self.index, *(item.id for item in self.columns)]))


class Codes(Input):
    """Class codes, separated by spaces or commas; one of them at least must occur in the raster `of`."""

    of: str = ""

    def read(self, value: Any) -> tuple[int, ...]:
        parts = list(value) if isinstance(value, (list, tuple)) else re.split(r"[\s,;]+", str(value).strip())
        try:
            codes = tuple(int(part) for part in parts if str(part))
        except ValueError:
            raise self.fail("field.not_number", value=value) from None
        if self.required and not codes:
            raise self.fail("field.required")
        return codes

    def hint(self) -> str:
        return _("class codes, for example 6 7")


class RowNumbers(Codes):
    """Rows of a layer by the numbers that its table shows."""

    def hint(self) -> str:
        return _("numbers of shapes, for example 6 7")


class JsonValue(Input):
    """Structured data: JSON text, or the data itself."""

    def read(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                return json.loads(value)
            except json.JSONDecodeError as problem:
                raise self.fail("field.not_json", reason=problem) from None
        return value

    def hint(self) -> str:
        return "JSON"
