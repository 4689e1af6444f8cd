"""A page as data: blocks that say what is to be shown. Tools build pages; the writers know paper and screens."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """A section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; `lead` stands before it in bold."""

    text: str
    lead: str = ""
    small: bool = False


@dataclass(frozen=True)
class Facts:
    """Short facts as label and value, side by side."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Raster:
    """A map that a run computed: classes in the colours of `palette`, or (without one) figures from -`most` to `most`."""

    path: str
    palette: tuple[tuple[int, str], ...] = ()
    most: float = 1.0


@dataclass(frozen=True)
class MapBlock:
    """A map of the project: the visible layers and the interventions of a scenario (its uuid; '' for none); with a
    `raster` that one, under the visible shapes; with `layers` just those; of `around` that place alone (x, y; x, y).

    `wide` takes the whole width with the legend below or beside it; others stand two in a row.
    """

    title: str
    scenario: str = ""
    wide: bool = True
    legend: bool = True
    raster: Raster | None = None
    layers: tuple[str, ...] = ()
    around: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Table:
    """Cells are ready to print; `numeric` says which columns stand right; `strong` which rows are bold."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    caption: str = ""
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One series of a chart."""

    label: str
    colour: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """Lines over years."""

    title: str
    unit: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Point:
    """One point of a chart with its ranges where known; `first` ones are joined by a dashed line."""

    label: str
    colour: str
    x: float
    y: float
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    first: bool = False


@dataclass(frozen=True)
class Points:
    """Points between two figures."""

    title: str
    across: str
    upward: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Bar:
    """One bar from `start` to `end`, with its label and a short text at its end."""

    label: str
    start: float
    end: float
    colour: str
    told: str = ""


@dataclass(frozen=True)
class Bars:
    """Bars side by side (or, `lying`, below each other), from any value to any value: sums, steps or ranges; `mark` is a line across them."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    lying: bool = False
    mark: float | None = None
    wide: bool = True


@dataclass(frozen=True)
class Sheet:
    """A table of an annex: values as numbers and text, as they are; `decimals` are those of each column (None: text)."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[float | int | str | None, ...], ...]
    decimals: tuple[int | None, ...]
    note: str = ""


@dataclass(frozen=True)
class Notes:
    """A list of remarks; `warning` ones are set apart."""

    items: tuple[str, ...]
    warning: bool = False


Block = Heading | Paragraph | Facts | MapBlock | Table | Chart | Points | Bars | Notes


def is_narrow(block: object) -> bool:
    """Whether two of them stand beside each other."""
    return isinstance(block, Chart) or (isinstance(block, MapBlock | Bars) and not block.wide)


def go_together(one: object, other: object) -> bool:
    """Maps stand beside maps, charts beside charts."""
    return isinstance(one, MapBlock) == isinstance(other, MapBlock)


@dataclass
class Page:
    """A report: title, what stands under it, a badge (for example that the landscape is invented) and blocks.

    `sheets` is the annex: the figures behind it, written as a workbook.
    """

    title: str
    subtitle: str = ""
    badge: str = ""
    footer: str = ""
    language: str = "en"
    blocks: list[Block] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
