"""Pages on A4 paper (ReportLab)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.sax import saxutils

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid
from reportlab.platypus.tableofcontents import TableOfContents

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.cartography.source import LegendEntry
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.reports.chart import draw_bars, draw_chart, draw_graph, draw_points, height_of, height_of_graph
from onekl_desktop.reports.fonts import BOLD, REGULAR, register
from onekl_desktop.reports.maps import Picture, draw_map, draw_sheet
from onekl_desktop.reports.page import (
    Bars,
    Break,
    Chart,
    ContentsList,
    Facts,
    Graph,
    Heading,
    MapBlock,
    MapSheet,
    Notes,
    Page,
    Paragraph,
    Photo,
    Points,
    Table,
    go_together,
    is_narrow,
)
from onekl_desktop.reports.photos import read_photo

INK, SOFT, ACCENT, HAIR, GROUND, WARN = (
    HexColor(c) for c in ("#22322c", "#5d6b65", "#1f6f54", "#cfd8d3", "#f3f6f4", "#8a5a00")
)
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
LEGEND, MOST_BESIDE = 46 * mm, 30

TALLEST = 95 * mm  # of a photo
KEPT_WHOLE = 10  # rows of a table that is not divided between pages
BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9, leading=13, textColor=INK)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.5, leading=10.5, textColor=SOFT)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8, leading=10.5)
CELL_RIGHT = ParagraphStyle("right", parent=CELL, alignment=TA_RIGHT)
HEAD_CELL = ParagraphStyle("headcell", parent=CELL, fontName=BOLD, textColor=INK)
HEAD_RIGHT = ParagraphStyle("headright", parent=HEAD_CELL, alignment=TA_RIGHT)
H1 = ParagraphStyle("h1", parent=BODY, fontName=BOLD, fontSize=20, leading=25, textColor=INK)
H2 = ParagraphStyle(
    "h2", parent=BODY, fontName=BOLD, fontSize=12.5, leading=16, spaceBefore=12, spaceAfter=5, textColor=ACCENT
)
H3 = ParagraphStyle("h3", parent=BODY, fontName=BOLD, fontSize=10, leading=13, textColor=INK, spaceBefore=6, spaceAfter=3)  # fmt: skip
BADGE = ParagraphStyle("badge", parent=BODY, fontName=BOLD, fontSize=8.5, leading=11, textColor=WARN)


def write_pdf(page: Page, project: ProjectFile, target: Path) -> None:
    """Lay the page out and write it."""
    register()
    document = _Document(
        str(target), pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=18 * mm,
        title=page.title, author="1KL Desktop", subject=page.subtitle, lang=page.language,
    )  # fmt: skip
    frame = Frame(
        MARGIN, 18 * mm, WIDTH, A4[1] - MARGIN - 18 * mm, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )

    def furnish(canvas: Any, _document: Any) -> None:
        canvas.setFont(REGULAR, 7.5)
        canvas.setFillColor(SOFT)
        canvas.setStrokeColor(HAIR)
        canvas.line(MARGIN, 14 * mm, A4[0] - MARGIN, 14 * mm)
        left = " · ".join(part for part in (page.title, page.badge, page.footer) if part)
        canvas.drawString(MARGIN, 10 * mm, left[:120])
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, _("page {number}").format(number=canvas.getPageNumber()))

    whole = Frame(0, 0, *A4, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates([
        PageTemplate(id="page", frames=[frame], onPage=furnish), PageTemplate(id="sheet", frames=[whole])])  # fmt: skip
    story = _story(page, project)
    document.multiBuild(story) if any(isinstance(item, TableOfContents) for item in story) else document.build(story)


class _Document(BaseDocTemplate):
    """Tells the list of contents, and the outline of the reader, on which page each section begins."""

    def afterFlowable(self, flowable: Flowable) -> None:
        """A section's heading has been placed."""
        section = getattr(flowable, "onekl_section", None)
        if section:
            self.notify("TOCEntry", (0, escape(section), self.page))
            key = f"section-{self.page}-{section[:20]}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(section, key, 0)


def _story(page: Page, project: ProjectFile) -> list[Flowable]:
    story: list[Flowable] = [Text(escape(page.title), H1)]
    if page.subtitle:
        story.append(Text(escape(page.subtitle), SMALL))
    if page.badge:
        badge = Grid([[Text(escape(page.badge), BADGE)]], colWidths=[WIDTH])
        badge.setStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), HexColor("#fff4dc")),
                ("LEFTPADDING", (0, 0), (-1, -1), 8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
        story += [Spacer(1, 6), badge]
    story.append(Spacer(1, 8))
    pending: list[MapBlock | Chart | Bars] = []
    waiting: Heading | None = None
    for block in [*page.blocks, None]:
        narrow = is_narrow(block)
        if narrow and (not pending or go_together(block, pending[0])):
            pending.append(block)  # type: ignore[arg-type]
            if len(pending) < 2:
                continue
            made: list[Flowable] = _side_by_side(pending, project)
            pending = []
        else:
            made = _side_by_side(pending, project) if pending else []
            pending = [block] if narrow else []  # type: ignore[list-item]
        if made:
            story += [KeepTogether([_heading(waiting), *made])] if waiting else made
            waiting = None
        if block is None or narrow:
            continue
        if isinstance(block, Heading):
            if waiting:
                story.append(_heading(waiting))
            waiting = block
            continue
        flow = _flow(block, project)
        if waiting:
            first, rest = flow[0], flow[1:]
            story.append(KeepTogether([_heading(waiting), first]))
            story += rest
            waiting = None
        else:
            story += flow
    return story


def _heading(block: Heading) -> Flowable:
    made = Text(escape(block.text), H2 if block.level == 1 else H3)
    made.onekl_section = block.text if block.level == 1 else ""
    return made


def _flow(block: Any, project: ProjectFile) -> list[Flowable]:
    if isinstance(block, Paragraph):
        lead = f"<b>{escape(block.lead)}</b> " if block.lead else ""
        return [Text(lead + escape(block.text).replace("\n", "<br/>"), SMALL if block.small else BODY), Spacer(1, 4)]
    if isinstance(block, Facts):
        return [_facts(block), Spacer(1, 8)]
    if isinstance(block, MapBlock):
        return [*_wide_map(block, project), Spacer(1, 6)]
    if isinstance(block, Table):
        caption = [Spacer(1, 3), Text(escape(block.caption), SMALL)] if block.caption else []
        return [_table(block), *caption, Spacer(1, 6)]
    if isinstance(block, Points):
        return [draw_points(block, WIDTH, 78 * mm), Spacer(1, 6)]
    if isinstance(block, Bars):
        return [draw_bars(block, WIDTH, height_of(block)), Spacer(1, 6)]
    if isinstance(block, Graph):
        return [draw_graph(block, WIDTH, height_of_graph(block, WIDTH)), Spacer(1, 6)]
    if isinstance(block, Break):
        return [PageBreak()]
    if isinstance(block, Photo):
        shot = read_photo(project, block)
        if shot is None:
            return [Text(escape(_("The picture {caption} cannot be shown.").format(caption=block.caption)), SMALL)]
        wide = min(WIDTH, TALLEST * shot.width / shot.height)
        return [
            Image(io.BytesIO(shot.jpeg), width=wide, height=wide * shot.height / shot.width, hAlign="LEFT"),
            Spacer(1, 3),
            Text(escape(block.caption), SMALL),
            Spacer(1, 6),
        ]
    if isinstance(block, MapSheet):
        png, width, height = draw_sheet(project, block)
        full = Image(io.BytesIO(png), width=width * mm - 0.5, height=height * mm - 0.5)
        return [NextPageTemplate("sheet"), PageBreak(), full, NextPageTemplate("page"), PageBreak()]
    if isinstance(block, ContentsList):
        contents = TableOfContents(dotsMinLevel=0, levelStyles=[ParagraphStyle("toc", parent=BODY, leading=15)])
        return [_heading(Heading(block.title, 2)), contents, PageBreak()]
    if isinstance(block, Notes):
        style = ParagraphStyle(
            "note", parent=SMALL, textColor=WARN if block.warning else SOFT, leftIndent=9, bulletIndent=0, spaceAfter=2
        )
        return [Text(escape(item), style, bulletText="!" if block.warning else "•") for item in block.items]
    raise TypeError(f"no way to print {type(block).__name__}")


def _facts(block: Facts) -> Flowable:
    cells = [[Text(escape(label), SMALL), Text(f"<b>{escape(value)}</b>", BODY)] for label, value in block.items]
    grid = Grid([cells], colWidths=[WIDTH / len(cells)] * len(cells))
    grid.setStyle([
        ("BACKGROUND", (0, 0), (-1, -1), GROUND), ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 5), ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
    ])  # fmt: skip
    return grid


def _picture(picture: Picture, width: float) -> Image:
    return Image(io.BytesIO(picture.png), width=width, height=width * picture.height / picture.width)


def _wide_map(block: MapBlock, project: ProjectFile) -> list[Flowable]:
    beside = LEGEND + 5 * mm if block.legend else 0
    picture = draw_map(project, block, (WIDTH - beside) / mm, (WIDTH - beside) / mm * 0.78)
    entries = _legend_entries(picture) if block.legend else []
    scale = format_number(round(picture.scale, -3))
    caption = Text(
        escape(_("{title}. About 1 : {scale} on A4; north is up.").format(title=block.title, scale=scale)), SMALL
    )
    if not entries or len(entries) > MOST_BESIDE:
        below = [Spacer(1, 4), _legend_grid(entries, 3, WIDTH / 3)] if entries else []
        return [_picture(picture, WIDTH - beside), Spacer(1, 3), caption, *below]
    grid = Grid(
        [[_picture(picture, WIDTH - beside), _legend_grid(entries, 1, LEGEND)]], colWidths=[WIDTH - LEGEND, LEGEND]
    )
    grid.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                   ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)])  # fmt: skip
    return [grid, Spacer(1, 3), caption]


def _legend_entries(picture: Picture) -> list[tuple[LegendEntry | None, str]]:
    """Lines of the legend: headings have no symbol."""
    entries: list[tuple[LegendEntry | None, str]] = []
    for title, items in picture.legend:
        if len(items) > 1 or items[0].label != title:
            entries.append((None, title))
        entries += [(item, item.label) for item in items]
    return entries


def _legend_grid(entries: list[tuple[LegendEntry | None, str]], columns: int, width: float) -> Flowable:
    """Symbols and labels in columns, read downwards."""
    rows = -(-len(entries) // columns)
    cells: list[list[Any]] = [["", ""] * columns for _row in range(rows)]
    spans = []
    for number, (entry, text) in enumerate(entries):
        column, row = divmod(number, rows)
        if entry is None:
            cells[row][2 * column] = Text(f"<b>{escape(text)}</b>", SMALL)
            spans.append(("SPAN", (2 * column, row), (2 * column + 1, row)))
        else:
            cells[row][2 * column], cells[row][2 * column + 1] = Swatch(entry), Text(escape(text), SMALL)
    legend = Grid(cells, colWidths=[7 * mm, width - 7 * mm] * columns)
    legend.setStyle([
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 2), ("TOPPADDING", (0, 0), (-1, -1), 0.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans,
    ])  # fmt: skip
    return legend


class Swatch(Flowable):
    """A legend symbol."""

    def __init__(self, entry: LegendEntry) -> None:
        super().__init__()
        self.entry, self.width, self.height = entry, 6 * mm, 3.2 * mm

    def wrap(self, *_available: float) -> tuple[float, float]:
        """Fixed size."""
        return self.width, self.height

    def draw(self) -> None:
        """Box, outline, line or dot."""
        canvas, entry = self.canv, self.entry
        canvas.setFillColor(HexColor(entry.colour))
        canvas.setStrokeColor(HexColor(entry.outline))
        canvas.setLineWidth(0.5)
        if entry.kind == "line":
            canvas.setStrokeColor(HexColor(entry.colour))
            canvas.setLineWidth(1.4)
            canvas.line(0, self.height / 2, 5 * mm, self.height / 2)
        elif entry.kind == "point":
            canvas.circle(2.5 * mm, self.height / 2, 1.1 * mm, stroke=0, fill=1)
        elif entry.kind == "outline":
            canvas.setLineWidth(1.1)
            canvas.rect(0.3, 0.3, 5 * mm, self.height - 0.6, stroke=1, fill=0)
        else:
            canvas.rect(0.3, 0.3, 5 * mm, self.height - 0.6, stroke=int(entry.kind == "polygon"), fill=1)


def _side_by_side(blocks: list[Any], project: ProjectFile) -> list[Flowable]:
    gap = 6 * mm
    width = (WIDTH - gap) / 2
    cells: list[Any] = []
    tall = max([46 * mm, *(height_of(block) for block in blocks if isinstance(block, Bars) and block.lying)])
    for block in blocks:
        if isinstance(block, Chart):
            cells.append(draw_chart(block, width, tall))
        elif isinstance(block, Bars):
            cells.append(draw_bars(block, width, tall))
        else:
            picture = draw_map(project, block, width / mm, width / mm * 0.8, dpi=220)
            cells.append([_picture(picture, width), Spacer(1, 2), Text(escape(block.title), SMALL)])
    while len(cells) < 2:
        cells.append("")
    grid = Grid([[cells[0], "", cells[1]]], colWidths=[width, gap, width])
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return [grid, Spacer(1, 4)]


def escape(text: str) -> str:
    """A text for a paragraph."""
    return saxutils.escape(unbroken(text))


def unbroken(text: str) -> str:
    """The narrow space within French numbers would be taken for a place to break a line."""
    return text.replace("\u202f", "\u00a0")


def column_widths(block: Table, whole: float) -> list[float]:
    """Widths (points) that add up to `whole`: each column what its texts need; when that is too much, columns
    shrink towards their longest word, text before numbers; what is left over goes to the first column.
    """
    padding = 12.5  # of a cell, and half a point, so that rounding never breaks the longest word
    lines = [block.columns, *block.rows]

    def measure(text: str) -> float:
        return float(stringWidth(unbroken(text), HEAD_CELL.fontName, CELL.fontSize)) + padding

    natural = [max(measure(line[at]) for line in lines) for at in range(len(block.columns))]
    least = [
        max(measure(word) for line in lines for word in (line[at].split(" ") or [""]))
        for at in range(len(block.columns))
    ]
    for at, numeric in enumerate(block.numeric):
        if numeric and block.rows:
            least[at] = max(
                least[at],
                max(measure(row[at]) for row in block.rows if len(row[at]) <= 24)
                if any(len(row[at]) <= 24 for row in block.rows)
                else 0,
            )
    if sum(natural) <= whole:
        return [natural[0] + whole - sum(natural), *natural[1:]]
    if sum(least) >= whole:
        return [width * whole / sum(least) for width in least]
    spare = whole - sum(least)
    wanted = [max(0.0, a - b) for a, b in zip(natural, least, strict=True)]
    # Square roots: a column with one very long text does not take everything from the others.
    shares = [value**0.5 for value in wanted]
    widths = list(least)
    while spare > 0.5 and any(shares):
        total, given = sum(shares), 0.0
        for at, share in enumerate(shares):
            add = min(spare * share / total, natural[at] - widths[at])
            widths[at] += add
            given += add
            if natural[at] - widths[at] < 0.5:
                shares[at] = 0.0
        spare -= given
        if given < 0.01:
            break
    widths[0] += max(0.0, whole - sum(widths))
    return widths


def _table(block: Table) -> Flowable:
    def cell(text: str, right: bool, head: bool = False) -> Text:
        styles = (HEAD_CELL, HEAD_RIGHT) if head else (CELL, CELL_RIGHT)
        return Text(escape(text), styles[right])

    swatches = bool(block.colours)
    head = [cell(text, right, True) for text, right in zip(block.columns, block.numeric, strict=True)]
    rows = [[cell(text, right) for text, right in zip(row, block.numeric, strict=True)] for row in block.rows]
    if swatches:
        head = ["", *head]
        rows = [
            [Swatch(LegendEntry("cell", "", colour)), *row] for colour, row in zip(block.colours, rows, strict=True)
        ]
    swatch = 7 * mm if swatches else 0.0
    widths = column_widths(block, WIDTH - swatch)
    if swatches:
        widths = [swatch, *widths]
    heights = [None, *([9 * mm] * len(rows))] if block.tall else None
    grid = Grid([head, *rows], colWidths=widths, rowHeights=heights, repeatRows=1)
    grid.setStyle([
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK), ("LINEBELOW", (0, 1), (-1, -1), 0.3, HAIR), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.4), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8), ("LEFTPADDING", (0, 0), (0, -1), 2),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
    ])  # fmt: skip
    if len(rows) <= KEPT_WHOLE:
        grid.setStyle([("NOSPLIT", (0, 0), (-1, -1))])
    return grid
