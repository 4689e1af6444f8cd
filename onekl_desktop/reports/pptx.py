"""Pages as slides: every heading begins one; facts are large, tables and pictures fill the rest."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Mm, Pt

from onekl_desktop.project.file import ProjectFile
from onekl_desktop.reports.chart import draw_bars, draw_chart, to_picture
from onekl_desktop.reports.fonts import register
from onekl_desktop.reports.maps import draw_map
from onekl_desktop.reports.page import Bars, Chart, Facts, Heading, MapBlock, Notes, Page, Paragraph, Table

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 338.7, 190.5, 16.0
INK, SOFT, ACCENT, WARN, GROUND, WHITE = (
    RGBColor.from_string(c) for c in ("22322C", "5D6B65", "1F6F54", "8A5A00", "F3F6F4", "FFFFFF")
)
FONT = "Arial"
FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)}  # what XML cannot hold
TOP_MM, FOOT_MM = 34.0, 12.0
MOST_ROWS = 9
POINTS_A_MM = 1.9  # of a drawing: its letters are made for paper and are to be read from afar


def write_pptx(page: Page, project: ProjectFile, target: Path) -> None:
    """Lay the slides out and write them; every slide has a title, its number, and the badge where there is one."""
    register()
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    properties = deck.core_properties
    properties.title, properties.subject, properties.author, properties.language = (
        page.title,
        page.subtitle,
        "1KL Desktop",
        page.language,
    )
    parts: list[tuple[str, list[Any]]] = []
    for block in page.blocks:
        if isinstance(block, Heading):
            parts.append((block.text, []))
        elif parts:
            parts[-1][1].append(block)
        else:
            parts.append(("", [block]))
    first = parts.pop(0)[1] if parts and not parts[0][0] else []
    _cover(deck, page, first, project)
    for number, (title, blocks) in enumerate(parts):
        _slide(deck, page, title, blocks, number + 2, project)
    deck.save(str(target))


def _blank(deck: Any) -> Any:
    """A slide with a real title, so that readers of the screen and the outline have one."""
    return deck.slides.add_slide(deck.slide_layouts[5])


def _box(slide: Any, left: float, top: float, width: float, height: float) -> Any:
    frame = slide.shapes.add_textbox(Mm(left), Mm(top), Mm(width), Mm(height)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def _write(paragraph: Any, text: str, size: float, colour: RGBColor = INK, *, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = text.translate(FORBIDDEN)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = colour


def _title(slide: Any, text: str, left: float, top: float, width: float, height: float, size: float) -> None:
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Mm(left), Mm(top), Mm(width), Mm(height)
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.BOTTOM
    frame.margin_left = frame.margin_right = 0
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    _write(paragraph, text, size, ACCENT, bold=True)


def _cover(deck: Any, page: Page, blocks: list[Any], project: ProjectFile) -> None:
    slide = _blank(deck)
    half = WIDTH_MM * 0.46
    _title(slide, page.title, MARGIN_MM, 34, half - MARGIN_MM, 46, 34)
    frame = _box(slide, MARGIN_MM, 86, half - MARGIN_MM, 70)
    _write(frame.paragraphs[0], page.subtitle, 16, SOFT)
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraph = frame.add_paragraph()
            paragraph.space_before = Pt(10)
            _write(paragraph, block.text, 16)
    if page.badge:
        _write(_box(slide, MARGIN_MM, HEIGHT_MM - FOOT_MM - 8, half, 8).paragraphs[0], page.badge, 11, WARN, bold=True)
    for block in blocks:
        if isinstance(block, MapBlock):
            picture = draw_map(project, block, WIDTH_MM - half - MARGIN_MM, HEIGHT_MM - 2 * MARGIN_MM, dpi=150)
            _place(
                slide,
                picture.png,
                half + 6,
                MARGIN_MM,
                WIDTH_MM - half - MARGIN_MM - 6,
                HEIGHT_MM - 2 * MARGIN_MM,
                block.title,
            )
            break


def _slide(deck: Any, page: Page, title: str, blocks: list[Any], number: int, project: ProjectFile) -> None:
    slide = _blank(deck)
    _title(slide, title, MARGIN_MM, 9, WIDTH_MM - 2 * MARGIN_MM, 20, 26)
    foot = _box(slide, MARGIN_MM, HEIGHT_MM - FOOT_MM, WIDTH_MM - 2 * MARGIN_MM, 6).paragraphs[0]
    _write(foot, " · ".join(part for part in (page.title, page.badge, page.footer, str(number)) if part), 9, SOFT)
    left, top, right = MARGIN_MM, TOP_MM, WIDTH_MM - MARGIN_MM
    for facts in [block for block in blocks if isinstance(block, Facts)]:
        _facts(slide, facts, left, top, right - left)
        top += 27
    pictures = [block for block in blocks if isinstance(block, MapBlock | Chart | Bars)]
    texts = [block for block in blocks if isinstance(block, Paragraph | Notes | Table)]
    room = HEIGHT_MM - FOOT_MM - 6 - top
    if pictures:
        split = left + (right - left) * (0.5 if texts else 0.0)
        beside = not texts and len(pictures) > 1
        start = split + (6 if texts else 0)
        wide, high = ((right - start) / len(pictures), room) if beside else (right - start, room / len(pictures))
        for at, block in enumerate(pictures):
            place = (start + at * wide, top) if beside else (start, top + at * high)
            _draw(slide, block, *place, wide - (6 if beside else 0), min(high - 3, 0.75 * wide), project)
        right = split - 4
    if texts:
        _texts(slide, texts, left, top, right - left, room)


def _facts(slide: Any, block: Facts, left: float, top: float, width: float) -> None:
    each = width / len(block.items)
    for at, (label, value) in enumerate(block.items):
        shape = slide.shapes.add_shape(1, Mm(left + at * each), Mm(top), Mm(each - 3), Mm(22))
        shape.fill.solid()
        shape.fill.fore_color.rgb = GROUND
        shape.line.fill.background()
        shape.shadow.inherit = False
        frame = shape.text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
        frame.margin_left = frame.margin_right = Mm(3)
        frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        _write(frame.paragraphs[0], label, 11, SOFT)
        second = frame.add_paragraph()
        second.alignment = PP_ALIGN.LEFT
        _write(second, value, 18 if len(value) < 16 else 14, bold=True)


def _draw(slide: Any, block: Any, left: float, top: float, width: float, height: float, project: ProjectFile) -> None:
    if isinstance(block, MapBlock):
        png = draw_map(project, block, width, height, dpi=150).png
    else:
        points = (width * POINTS_A_MM, height * POINTS_A_MM)
        png = to_picture(draw_chart(block, *points) if isinstance(block, Chart) else draw_bars(block, *points), 220)
    _place(slide, png, left, top, width, height, block.title)


def _place(slide: Any, png: bytes, left: float, top: float, width: float, height: float, told: str) -> None:
    """A picture within its frame, its proportions kept, with a description."""
    picture = slide.shapes.add_picture(io.BytesIO(png), Mm(left), Mm(top))
    scale = min(Mm(width) / picture.width, Mm(height) / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    picture._element.nvPicPr.cNvPr.set("descr", told.translate(FORBIDDEN))


def _texts(slide: Any, blocks: list[Any], left: float, top: float, width: float, room: float) -> None:
    length = sum(_length(block) for block in blocks)
    frame, size = None, 20 if length < 420 else 15 if length < 900 else 12
    for block in blocks:
        if isinstance(block, Table):
            rows = block.rows[:MOST_ROWS]
            height = min(room, (13.0 if len(rows) < 7 else 9.0) * (len(rows) + 1))
            _table(slide, block, rows, left, top, width, height)
            top, room, frame = top + height + 4, room - height - 4, None
            continue
        items = block.items if isinstance(block, Notes) else (block.text,)
        for item in items:
            if frame is None:
                frame = _box(slide, left, top, width, max(room, 10))
                paragraph = frame.paragraphs[0]
            else:
                paragraph = frame.add_paragraph()
            paragraph.space_after = Pt(7)
            if isinstance(block, Notes):
                _write(paragraph, "• " + item, size, WARN if block.warning else INK)
            else:
                if block.lead:
                    _write(paragraph, block.lead + " ", size, bold=True)
                _write(paragraph, item, size)


def _length(block: Any) -> int:
    if isinstance(block, Table):
        return 0
    return sum(map(len, block.items)) if isinstance(block, Notes) else len(block.text)


def _table(
    slide: Any, block: Table, rows: tuple[tuple[str, ...], ...], left: float, top: float, width: float, height: float
) -> None:
    shape = slide.shapes.add_table(len(rows) + 1, len(block.columns), Mm(left), Mm(top), Mm(width), Mm(height))
    table = shape.table
    shares = [max([len(head), *(len(row[at]) for row in rows)]) for at, head in enumerate(block.columns)]
    shares = [min(max(share, 8), 34) for share in shares]
    size = 15 if len(rows) < 7 and sum(shares) * 15 * 0.19 < width else 11
    for at, share in enumerate(shares):
        table.columns[at].width = int(Mm(width) * share / sum(shares))
    for number, row in enumerate((block.columns, *rows)):
        for at, text in enumerate(row):
            cell = table.cell(number, at)
            cell.fill.solid()
            cell.fill.fore_color.rgb = WHITE if number else GROUND
            cell.margin_left = cell.margin_right = Mm(1.5)
            cell.margin_top = cell.margin_bottom = Mm(0.8)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if block.numeric[at] else PP_ALIGN.LEFT
            _write(paragraph, text, size, bold=number == 0)
