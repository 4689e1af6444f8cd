import re

import pypdfium2
import pytest

from onekl_desktop.base.translate import set_language
from onekl_desktop.engine import perform
from onekl_desktop.reports.chart import draw_chart, nice_ticks, to_svg
from onekl_desktop.reports.page import Chart, Line, Table
from onekl_desktop.reports.write import build_page, write_report
from onekl_desktop.tools.scenarios.runs import run_scenarios
from tests.support.landscape import add_garden


@pytest.fixture
def full(planned):
    add_garden(planned, name="Home gardens in the east")
    perform(planned, "layers.change_landscape", description="A <b>square</b> & its people.", synthetic=True)
    perform(planned, "layers.change_setting", setting="report_footer", value="Dinas Kehutanan")
    run_scenarios(planned)
    return planned


def text_of(path):
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document), len(document)


def test_the_page_tells_the_runs_numbers(full, tmp_path):
    pdf = write_report(full, "summary", tmp_path / "s.pdf")
    text, pages = text_of(pdf)
    assert 2 <= pages <= 6
    for word in (
        "Square",
        "Invented landscape",
        "A <b>square</b> & its people.",
        "Home gardens in the east",
        "1,250,000",
        "1,257,000",
        "Dinas Kehutanan",
        "44/12",
        "Cover (cover.tif)",
    ):
        assert word in text, word
    html = write_report(full, "summary", tmp_path / "s.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;square&lt;/b&gt;" in html and "1,257,000" in html and html.count("data:image/png") == 2
    assert not re.search(r'(src|href)="(?!data:)', html)  # nothing is fetched


def test_maps_are_drawn_in_the_legends_colours(full, tmp_path):
    pdf = write_report(full, "summary", tmp_path / "s.pdf")
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=1.5).to_pil().convert("RGB")
    colours = {colour for _count, colour in picture.getcolors(1 << 24)}
    with full.project.read_raw() as raw:
        for (colour,) in raw.execute("SELECT colour FROM land_cover_class WHERE code IN (1, 2)"):
            rgb = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
            assert any(max(abs(a - b) for a, b in zip(rgb, other, strict=True)) < 4 for other in colours)


def test_before_anything_is_computed_the_page_says_so(session, tmp_path):
    text, _pages = text_of(write_report(session, "summary", tmp_path / "s.pdf"))
    assert "have not been computed yet" in text and "No land-cover map is chosen" in text


def test_stale_numbers_are_marked(full):
    perform(full, "scenarios.change_practice", practice="Gardens", capital_cost_per_ha=7)
    table = next(
        block for block in build_page(full, "summary").blocks if getattr(block, "columns", ("",))[0] == "Indicator"
    )
    assert table.columns[-1] == "Plan (out of date)"


@pytest.mark.parametrize("language", ["en", "id", "fr", "es"])
def test_every_language_prints(full, tmp_path, language):
    set_language(language)
    text, _pages = text_of(write_report(full, "summary", tmp_path / f"{language}.pdf"))
    bare = re.sub(r"[\s\u202f\u00a0\ufffe]", "", text)
    assert {"en": "1,257,000", "id": "1.257.000", "fr": "1257000", "es": "1.257.000"}[language] in bare


def test_ticks_are_round_and_cover_the_values():
    assert nice_ticks(0, 921_428) == [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]
    for low, high in ((7953, 9836), (5, 5), (-3.2, 0.1), (0, 1e-9)):
        ticks = nice_ticks(low, high)
        assert ticks[0] <= low and ticks[-1] >= high - 1e-9 and 2 <= len(ticks) <= 8
    assert nice_ticks(float("nan"), 1) == [0.0, 1.0]


def test_a_chart_is_a_vector_picture_with_its_labels():
    chart = Chart("Forest", "ha", (Line("One & two", "#123456", ((2020, 1.0), (2030, 2.0))), Line("B", "#654321", ())))
    svg = to_svg(draw_chart(chart, 300, 160))
    assert svg.startswith("<svg") and "One &amp; two" in svg and "2030" in svg


def test_numbers_are_not_torn_at_their_grouping_spaces():
    from reportlab.platypus import Paragraph

    from onekl_desktop.reports.pdf import BODY, escape

    number = "7\u202f907\u202f802"
    text = Paragraph(escape(f"{number} {number}"), BODY)
    text.wrap(stringWidthOf("7 907 802") * 1.4, 1000)
    assert [len(line[1]) for line in text.blPara.lines] == [1, 1]


def stringWidthOf(text):
    from reportlab.pdfbase.pdfmetrics import stringWidth

    from onekl_desktop.reports.pdf import BODY

    return stringWidth(text, BODY.fontName, BODY.fontSize)


def test_columns_hold_their_longest_word_and_french_numbers():
    from reportlab.pdfbase.pdfmetrics import stringWidth

    from onekl_desktop.reports.pdf import CELL, HEAD_CELL, column_widths, unbroken

    block = Table(
        ("Année", "Recettes", "Observation"),
        (("2026", "1\u202f961\u202f328", "x"), ("2027", "0", "Satellite")),
        (False, True, False),
    )
    widths = column_widths(block, 400.0)
    assert sum(widths) == pytest.approx(400.0)
    for at, words in enumerate(zip(block.columns, *block.rows, strict=True)):
        for word in words:
            assert stringWidth(unbroken(word), HEAD_CELL.fontName, CELL.fontSize) + 12 < widths[at]
