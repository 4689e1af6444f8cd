"""Pages as one self-contained HTML file: pictures inside, nothing fetched, printable."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

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
    to_svg,
)
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
    is_narrow,
)
from onekl_desktop.reports.photos import read_photo

CSS = """
:root{--ink:#22322c;--soft:#5d6b65;--accent:#1f6f54;--hair:#d5ddd8;--ground:#f3f6f4;--paper:#fff;--warn:#7d5200;--warnground:#fff4dc}
@media (prefers-color-scheme:dark){:root{--ink:#e4ebe7;--soft:#a3b0aa;--accent:#6fc3a2;--hair:#36433d;--ground:#1f2925;--paper:#161d1a;--warn:#f0c070;--warnground:#3a2f16}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI","Noto Sans",sans-serif}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 3rem}h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.2rem;color:var(--accent);margin:2.2rem 0 .6rem}.sub,figcaption,.small{color:var(--soft);font-size:.85rem}
.badge{background:var(--warnground);color:var(--warn);font-weight:600;padding:.45rem .75rem;border-radius:6px;display:inline-block;margin:.75rem 0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1px;background:var(--hair);border-radius:6px;overflow:hidden;margin:1rem 0}
.facts div{background:var(--ground);padding:.6rem .8rem}.facts dt{color:var(--soft);font-size:.8rem}.facts dd{margin:0;font-weight:600}
figure{margin:1rem 0}figure img{width:100%;height:auto;display:block;border-radius:4px;background:#fff}.map{display:grid;grid-template-columns:minmax(0,1fr) 13rem;gap:1.25rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:1.25rem}.pair figure{margin:.25rem 0}
.chart{background:#fff;border-radius:4px;padding:.5rem}.chart svg{width:100%;height:auto;font-family:inherit}
.legend{list-style:none;margin:0 0 .75rem;padding:0;font-size:.8rem}.legend li{display:flex;gap:.5rem;align-items:center;padding:.06rem 0}
.legend b{font-size:.8rem}.sw{flex:none;width:1.1rem;height:.75rem;border-radius:2px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem}th,td{padding:.32rem .5rem;text-align:left;border-bottom:1px solid var(--hair)}
th{border-bottom:2px solid var(--ink);vertical-align:bottom}.n{text-align:right;font-variant-numeric:tabular-nums}caption{caption-side:bottom;text-align:left;color:var(--soft);font-size:.82rem;padding-top:.4rem}
.warn li{color:var(--warn)}footer{border-top:1px solid var(--hair);margin-top:2.5rem;padding-top:.75rem;color:var(--soft);font-size:.8rem}
@media (max-width:44rem){.map{grid-template-columns:1fr}}@media print{main{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}}
"""


def build_html(page: Page, project: ProjectFile) -> str:
    """The whole document."""
    body: list[str] = [f"<h1>{escape(page.title)}</h1>"]
    if page.subtitle:
        body.append(f'<p class="sub">{escape(page.subtitle)}</p>')
    if page.badge:
        body.append(f'<p class="badge">{escape(page.badge)}</p>')
    pair: list[str] = []
    for block in [*page.blocks, None]:
        if is_narrow(block):
            pair.append(_narrow(block, project))
            continue
        if pair:
            body.append('<div class="pair">' + "".join(pair) + "</div>")
            pair = []
        if block is not None:
            body.append(_block(block, project))
    footer = " · ".join(part for part in (page.title, page.footer, "1KL Desktop") if part)
    return (
        f'<!doctype html>\n<html lang="{escape(page.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(page.title)}</title><style>{CSS}</style></head>'
        f"<body><main>{''.join(body)}<footer>{escape(footer)}</footer></main></body></html>\n"
    )


def _narrow(block: Any, project: ProjectFile) -> str:
    if isinstance(block, Chart):
        return f'<figure class="chart">{to_svg(draw_chart(block, 330, 180))}</figure>'
    if isinstance(block, Bars):
        return f'<figure class="chart">{to_svg(draw_bars(block, 330, height_of(block, 180)))}</figure>'
    picture = draw_map(project, block, 105, 84, dpi=160)
    return f"<figure>{_image(picture, block.title)}<figcaption>{escape(block.title)}</figcaption></figure>"


def _block(block: Any, project: ProjectFile) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        lead = f"<b>{escape(block.lead)}</b> " if block.lead else ""
        text = lead + escape(block.text).replace("\n", "<br>")
        return f'<p class="small">{text}</p>' if block.small else f"<p>{text}</p>"
    if isinstance(block, Facts):
        items = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in block.items)
        return f'<dl class="facts">{items}</dl>'
    if isinstance(block, MapBlock):
        return _wide_map(block, project)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Bars):
        return f'<figure class="chart">{to_svg(draw_bars(block, 560, height_of(block)))}</figure>'
    if isinstance(block, Points):
        return f'<figure class="chart">{to_svg(draw_points(block, 560, 260))}</figure>'
    if isinstance(block, Graph):
        return f'<figure class="chart">{to_svg(draw_graph(block, 640, height_of_graph(block, 640)))}</figure>'
    if isinstance(block, MapSheet):
        png, width, _height = draw_sheet(project, block)
        data = base64.b64encode(png).decode()
        return f'<figure><img alt="{escape(block.title)}" style="width:{width}mm;max-width:100%;border:1px solid #dde3df" src="data:image/png;base64,{data}"></figure>'
    if isinstance(block, Photo):
        shot = read_photo(project, block)
        if shot is None:
            return f'<p class="small">{escape(_("The picture {caption} cannot be shown.").format(caption=block.caption))}</p>'
        data = base64.b64encode(shot.jpeg).decode()
        return f'<figure><img alt="{escape(block.caption)}" style="max-width:100%;max-height:24rem" src="data:image/jpeg;base64,{data}"><figcaption>{escape(block.caption)}</figcaption></figure>'
    if isinstance(block, Break | ContentsList):
        return ""
    if isinstance(block, Notes):
        items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
        return f'<ul class="{"warn" if block.warning else "small"}">{items}</ul>'
    raise TypeError(f"no way to show {type(block).__name__}")


def _image(picture: Picture, alt: str) -> str:
    data = base64.b64encode(picture.png).decode()
    return f'<img alt="{escape(alt)}" width="{picture.width}" height="{picture.height}" src="data:image/png;base64,{data}">'


def _wide_map(block: MapBlock, project: ProjectFile) -> str:
    picture = draw_map(project, block, 170, 138, dpi=170)
    caption = _("{title}. About 1 : {scale} on A4; north is up.").format(
        title=block.title, scale=format_number(round(picture.scale, -3))
    )
    figure = f"<figure>{_image(picture, block.title)}<figcaption>{escape(caption)}</figcaption></figure>"
    if not block.legend or not picture.legend:
        return figure
    parts = []
    for title, entries in picture.legend:
        if len(entries) > 1 or entries[0].label != title:
            parts.append(f"<b>{escape(title)}</b>")
        items = "".join(f"<li>{_swatch(entry)}{escape(entry.label)}</li>" for entry in entries)
        parts.append(f'<ul class="legend">{items}</ul>')
    return f'<div class="map">{figure}<div>{"".join(parts)}</div></div>'


def _swatch(entry: Any) -> str:
    colour, outline = escape(entry.colour), escape(entry.outline)
    style = {
        "line": f"height:3px;background:{colour}", "point": f"width:.6rem;height:.6rem;border-radius:50%;background:{colour}",
        "outline": f"border:2px solid {outline}", "polygon": f"background:{colour};border:1px solid {outline}",
    }.get(entry.kind, f"background:{colour}")  # fmt: skip
    return f'<span class="sw" style="{style}"></span>'


def _table(block: Table) -> str:
    def cell(tag: str, text: str, numeric: bool, colour: str = "") -> str:
        mark = (
            f'<span class="sw" style="display:inline-block;margin-right:.5rem;background:{escape(colour)}"></span>'
            if colour
            else ""
        )
        return f"<{tag}{' class=n' if numeric else ''}>{mark}{escape(text)}</{tag}>"

    head = "".join(cell("th", text, numeric) for text, numeric in zip(block.columns, block.numeric, strict=True))
    rows = []
    for number, row in enumerate(block.rows):
        colour = block.colours[number] if block.colours else ""
        cells = [
            cell("td", text, numeric, colour if at == 0 else "")
            for at, (text, numeric) in enumerate(zip(row, block.numeric, strict=True))
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    return f'<div class="scroll"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
