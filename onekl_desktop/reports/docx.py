"""Pages as Word documents, for offices that go on editing them: real headings, tables whose head repeats, pictures with a description."""

from __future__ import annotations

import copy
import io
import re
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from reportlab.lib.units import mm

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.reports.chart import (
    draw_bars,
    draw_chart,
    draw_graph,
    draw_points,
    height_of,
    height_of_graph,
    to_picture,
)
from onekl_desktop.reports.fonts import register
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
from onekl_desktop.reports.pdf import CELL, column_widths
from onekl_desktop.reports.photos import read_photo

SHEET_CUT_MM = 8.0  # of the white margin of a map on its own sheet, so that it fits between the margins of a section

INK, SOFT, ACCENT, WARN = (RGBColor.from_string(c) for c in ("22322C", "5D6B65", "1F6F54", "8A5A00"))
HAIR, GROUND, WARN_GROUND = "CFD8D3", "F3F6F4", "FFF4DC"
MARGIN_MM, CELL_PT, FONT = 20, 8.0, "Arial"  # a face that every office has
WIDER = 1.08  # than in the printed page: faces differ from one office to the next
WIDTH_MM = 210 - 2 * MARGIN_MM
LOCALES = {"en": "en-GB", "id": "id-ID", "fr": "fr-FR", "es": "es-ES"}
FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)}  # what XML cannot hold


def write_docx(page: Page, project: ProjectFile, target: Path) -> None:
    """Lay the page out and write it."""
    register()
    document = Document()
    _set_up(document, page)
    _text(document.add_paragraph(style="Title"), page.title)
    if page.subtitle:
        _text(document.add_paragraph(style="Small"), page.subtitle)
    if page.badge:
        badge = document.add_paragraph()
        _text(badge, page.badge, bold=True, colour=WARN)
        _shade(badge._p.get_or_add_pPr(), WARN_GROUND)
    pending: list[Any] = []
    for block in [*page.blocks, None]:
        narrow = is_narrow(block)
        if pending and (not narrow or len(pending) == 2 or not go_together(block, pending[0])):
            _side_by_side(document, pending, project)
            pending = []
        if narrow:
            pending.append(block)
        elif isinstance(block, ContentsList):
            _contents(
                document, block, [item.text for item in page.blocks if isinstance(item, Heading) and item.level == 1]
            )
        elif block is not None:
            _add(document, block, project)
    document.save(str(target))


def _set_up(document: Any, page: Page) -> None:
    """Paper, styles, footer with page numbers, language and properties."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(9.5), INK
    normal.paragraph_format.space_after = Pt(4)
    fonts = normal.element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES.get(page.language, page.language))
    fonts.append(language)
    small = styles.add_style("Small", 1)
    small.base_style = normal
    small.font.size, small.font.color.rgb = Pt(8), SOFT
    for name, size, colour, before in (("Title", 22, INK, 0), ("Heading 1", 14, ACCENT, 14), ("Heading 2", 11, INK, 8)):
        style = styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), True, colour
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            found = style.element.rPr.find(qn("w:rFonts"))
            if found is not None and found.get(qn(attribute)) is not None:
                del found.attrib[qn(attribute)]
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    properties = document.core_properties
    properties.title, properties.subject, properties.author = page.title, page.subtitle, "1KL Desktop"
    properties.comments, properties.language = "", page.language
    foot = section.footer.paragraphs[0]
    foot.style = small
    left = " · ".join(part for part in (page.title, page.badge, page.footer) if part)
    _text(foot, left + "    ")
    ahead, _mark, behind = _("page {number}").partition("{number}")
    _text(foot, ahead)
    _field(foot, "PAGE")
    _text(foot, behind)


def _add(document: Any, block: Any, project: ProjectFile) -> None:
    if isinstance(block, Heading):
        _text(document.add_paragraph(style=f"Heading {block.level}"), block.text)
    elif isinstance(block, Paragraph):
        paragraph = document.add_paragraph(style="Small" if block.small else None)
        if block.lead:
            _text(paragraph, block.lead + " ", bold=True)
        _text(paragraph, block.text)
    elif isinstance(block, Facts):
        _facts(document, block)
    elif isinstance(block, MapBlock):
        _wide_map(document, block, project)
    elif isinstance(block, Points):
        _picture(document.add_paragraph(), to_picture(draw_points(block, 480, 220)), WIDTH_MM, block.title)
    elif isinstance(block, Bars):
        _picture(document.add_paragraph(), to_picture(draw_bars(block, 480, height_of(block))), WIDTH_MM, block.title)
    elif isinstance(block, Graph):
        drawing = draw_graph(block, 480, height_of_graph(block, 480))
        _picture(document.add_paragraph(), to_picture(drawing), WIDTH_MM, block.title)
    elif isinstance(block, Table):
        _table(document, block)
    elif isinstance(block, Photo):
        shot = read_photo(project, block)
        paragraph = document.add_paragraph()
        if shot is not None:
            _picture(paragraph, shot.jpeg, min(WIDTH_MM, 95.0 * shot.width / shot.height), block.caption)
        words = (
            block.caption
            if shot is not None
            else _("The picture {caption} cannot be shown.").format(caption=block.caption)
        )
        _text(document.add_paragraph(style="Small"), words)
    elif isinstance(block, Break):
        document.add_page_break()
    elif isinstance(block, MapSheet):
        _sheet(document, block, project)
    elif isinstance(block, Notes):
        for item in block.items:
            paragraph = document.add_paragraph(style="List Bullet")
            _text(paragraph, item, size=8.5, colour=WARN if block.warning else SOFT)
            paragraph.paragraph_format.space_after = Pt(1)
    else:
        raise TypeError(f"no way to write {type(block).__name__}")


def _contents(document: Any, block: ContentsList, sections: list[str]) -> None:
    """A list of contents: the sections, to which the word processor adds the pages when it updates the field."""
    _text(document.add_paragraph(style="Heading 2"), block.title)
    paragraph = document.add_paragraph()
    for kind in ("begin", "separate", "end"):
        run = paragraph.add_run()
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "begin":
            mark.set(qn("w:dirty"), "true")
        run._r.append(mark)
        if kind == "begin":
            instruction = OxmlElement("w:instrText")
            instruction.text = ' TOC \\o "1-1" \\h \\z '
            paragraph.add_run()._r.append(instruction)
        elif kind == "separate":
            for number, section in enumerate(sections):
                shown = paragraph.add_run(section.translate(FORBIDDEN))
                if number < len(sections) - 1:
                    shown.add_break()


def _sheet(document: Any, block: MapSheet, project: ProjectFile) -> None:
    """A map on a sheet of its own, true to its scale: a section with narrow margins."""
    before = document.sections[-1]
    sides = ("left_margin", "right_margin", "top_margin", "bottom_margin")
    kept = {side: getattr(before, side) for side in sides}
    section = document.add_section()
    for side in sides:
        setattr(section, side, Mm(0 if side == "bottom_margin" else SHEET_CUT_MM))
    section.footer.is_linked_to_previous = False
    png, width, height = draw_sheet(project, block, SHEET_CUT_MM)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.add_run().add_picture(io.BytesIO(png), Mm(width), Mm(height))
    after = document.add_section()
    for side in sides:
        setattr(after, side, kept[side])
    after.footer.is_linked_to_previous = False
    empty = after.footer.paragraphs[0]._p
    empty.addprevious(copy.deepcopy(document.sections[0].footer.paragraphs[0]._p))
    empty.getparent().remove(empty)


def _text(paragraph: Any, text: str, *, bold: bool = False, size: float = 0, colour: RGBColor | None = None) -> None:
    run = paragraph.add_run(text.translate(FORBIDDEN))
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)


def _shade(properties: Any, colour: str) -> None:
    mark = OxmlElement("w:shd")
    mark.set(qn("w:val"), "clear")
    mark.set(qn("w:color"), "auto")
    mark.set(qn("w:fill"), colour.lstrip("#"))
    properties.append(mark)


def _line_below(cell: Any, size: int, colour: str) -> None:
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(size)), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _mark_row(row: Any, *names: str) -> None:
    properties = row._tr.get_or_add_trPr()
    for name in names:
        properties.append(OxmlElement(f"w:{name}"))


def _grid(document: Any, rows: int, widths_mm: list[float]) -> Any:
    table = document.add_table(rows, len(widths_mm))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    for number, width in enumerate(widths_mm):
        table.columns[number].width = Mm(width)
        for cell in table.columns[number].cells:
            cell.width = Mm(width)
    return table


def _facts(document: Any, block: Facts) -> None:
    table = _grid(document, 1, [WIDTH_MM / len(block.items)] * len(block.items))
    _mark_row(table.rows[0], "cantSplit")
    for cell, (label, value) in zip(table.rows[0].cells, block.items, strict=True):
        _text(cell.paragraphs[0], label, size=8, colour=SOFT)
        _text(cell.add_paragraph(), value, bold=True)
        _shade(cell._tc.get_or_add_tcPr(), GROUND)
    document.add_paragraph()


def _picture(paragraph: Any, png: bytes, width_mm: float, description: str) -> None:
    shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width_mm))
    shape._inline.docPr.set("descr", description.translate(FORBIDDEN))


def _wide_map(document: Any, block: MapBlock, project: ProjectFile) -> None:
    picture = draw_map(project, block, WIDTH_MM, WIDTH_MM * 0.72, dpi=180)
    _picture(document.add_paragraph(), picture.png, WIDTH_MM, block.title)
    scale = format_number(round(picture.scale, -3))
    caption = document.add_paragraph(style="Small")
    _text(caption, _("{title}. About 1 : {scale} on A4; north is up.").format(title=block.title, scale=scale))
    if block.legend:
        _legend(document, picture)


def _legend(document: Any, picture: Picture, columns: int = 3) -> None:
    """Symbols as small shaded cells with their labels, read downwards."""
    entries: list[tuple[str, str]] = []
    for title, items in picture.legend:
        if len(items) > 1 or items[0].label != title:
            entries.append(("", title))
        entries += [(item.outline if item.kind == "outline" else item.colour, item.label) for item in items]
    if not entries:
        return
    rows = -(-len(entries) // columns)
    table = _grid(document, rows, [5, WIDTH_MM / columns - 5] * columns)
    for number, (colour, text) in enumerate(entries):
        at, row = divmod(number, rows)
        mark, cell = table.cell(row, 2 * at), table.cell(row, 2 * at + 1)
        _text(cell.paragraphs[0], text, size=8, bold=not colour)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        mark.paragraphs[0].paragraph_format.space_after = Pt(0)
        if colour:
            _shade(mark._tc.get_or_add_tcPr(), colour[:7])
    document.add_paragraph()


def _side_by_side(document: Any, blocks: list[Any], project: ProjectFile) -> None:
    width = WIDTH_MM / 2 - 5  # a cell has margins
    table = _grid(document, 1, [WIDTH_MM / 2] * 2)
    tall = max([132.0, *(height_of(block) for block in blocks if isinstance(block, Bars) and block.lying)])
    for cell, block in zip(table.rows[0].cells, blocks, strict=False):
        if isinstance(block, Chart | Bars):
            drawing = draw_chart(block, 236, tall) if isinstance(block, Chart) else draw_bars(block, 236, tall)
            _picture(cell.paragraphs[0], to_picture(drawing), width, f"{block.title} ({block.unit})")
            continue
        picture = draw_map(project, block, width, width * 0.8, dpi=200)
        _picture(cell.paragraphs[0], picture.png, width, block.title)
        _text(cell.add_paragraph(style="Small"), block.title)
    document.add_paragraph()


def _table(document: Any, block: Table) -> None:
    swatch = [4.0] if block.colours else []
    room = (WIDTH_MM - sum(swatch)) * CELL.fontSize / CELL_PT / WIDER  # what the texts would have in the printed page
    widths = [width / mm * CELL_PT / CELL.fontSize * WIDER for width in column_widths(block, room * mm)]
    table = _grid(document, len(block.rows) + 1, [*swatch, *widths])
    first = len(swatch)
    head = table.rows[0]
    _mark_row(head, "tblHeader", "cantSplit")
    for at, text in enumerate(block.columns):
        _fill(head.cells[first + at], text, block.numeric[at], bold=True)
    for cell in head.cells:
        _line_below(cell, 8, "22322C")
    for number, row in enumerate(block.rows):
        line = table.rows[number + 1]
        _mark_row(line, "cantSplit")
        if block.tall:
            line.height = Mm(9)
        cells = line.cells
        for at, text in enumerate(row):
            _fill(cells[first + at], text, block.numeric[at])
        for cell in cells:
            _line_below(cell, 2, HAIR)
        if block.colours:
            _shade(cells[0]._tc.get_or_add_tcPr(), block.colours[number][:7])
            _fill(cells[0], "", False)
    caption = document.add_paragraph(style="Small")
    _text(caption, block.caption)


def unbroken(text: str) -> str:
    """Numbers with a true minus, ranges of years and numbers in groups: nothing that would be broken at the end of a line."""
    text = re.sub(r"(?<![\w-])-(?=\d)", "\u2212", text)
    return re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", text).replace("\u202f", "\u00a0")


def _fill(cell: Any, text: str, right: bool, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    _text(paragraph, unbroken(text) or "\u00a0", size=CELL_PT, bold=bold)
    paragraph.paragraph_format.space_after = Pt(1)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
