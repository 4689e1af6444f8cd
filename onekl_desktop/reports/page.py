"""A page as data: blocks that say what is to be shown. Tools build pages; the writers know paper and screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onekl_desktop.cartography.shading import Shading


@dataclass(frozen=True)
class Heading:
    """A section; `level` 2 is a part of one."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Break:
    """What follows begins on a new sheet of paper."""


@dataclass(frozen=True)
class ContentsList:
    """The sections with their pages."""

    title: str


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
    shading: Shading | None = None  # of the landscape's zones, over everything else


@dataclass(frozen=True)
class MapSheet:
    """A map on a sheet of its own in the frame that offices ask for: title, scale and scale bar, north, legend, grid, datum and
    projection, index map, sources and (from the layout that the project keeps under the name Report) a logo.
    """

    title: str
    subtitle: str = ""
    scenario: str = ""
    layers: tuple[str, ...] = ()
    around: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Photo:
    """A photo or drawing of the library (its uuid) with what stands below it."""

    resource: str
    caption: str = ""


@dataclass(frozen=True)
class Node:
    """A box of a graph: label, its colour, its column and row, and a note in small letters below the label."""

    label: str
    colour: str
    column: int
    row: int
    note: str = ""


@dataclass(frozen=True)
class Graph:
    """Boxes and the arrows between them (positions of two nodes each), columns from left to right."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Table:
    """Cells are ready to print; `numeric` says which columns stand right; `strong` which rows are bold."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    caption: str = ""
    colours: tuple[str, ...] = ()
    tall: bool = False  # rows to write in by hand


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
    years: bool = False  # ends are years: no 0 line, no grouping of digits
    links: tuple[tuple[int, int], ...] = ()  # arrows from the end of one bar to the beginning of another


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


Block = (
    Heading
    | Paragraph
    | Facts
    | MapBlock
    | MapSheet
    | Photo
    | Table
    | Chart
    | Points
    | Bars
    | Graph
    | Notes
    | Break
    | ContentsList
)


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
