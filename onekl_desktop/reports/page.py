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
class MapBlock:
    """A map of the project: the visible layers and the interventions of a scenario (its uuid; '' for none).

    `wide` takes the whole width with the legend below or beside it; others stand two in a row.
    """

    title: str
    scenario: str = ""
    wide: bool = True
    legend: bool = True


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
class Notes:
    """A list of remarks; `warning` ones are set apart."""

    items: tuple[str, ...]
    warning: bool = False


Block = Heading | Paragraph | Facts | MapBlock | Table | Chart | Notes


@dataclass
class Page:
    """A report: title, what stands under it, a badge (for example that the landscape is invented) and blocks."""

    title: str
    subtitle: str = ""
    badge: str = ""
    footer: str = ""
    language: str = "en"
    blocks: list[Block] = field(default_factory=list)
