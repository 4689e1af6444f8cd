import re

import docx
import openpyxl
import pypdfium2
import pytest
from PySide6.QtGui import QImage

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import set_language
from onekl_desktop.engine import perform
from onekl_desktop.reports.chart import draw_chart, draw_points, nice_ticks, to_picture, to_svg
from onekl_desktop.reports.page import Chart, Line, Point, Points, Table
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


@pytest.fixture
def compared(full):
    """Two plans, a group that weighs, a target, zones: all that the scenario report tells."""
    perform(full, "scenarios.change_practice", practice="Gardens", spread=0.3, source="=cmd|'/c calc'!A1")
    perform(full, "scenarios.add_scenario", name="Small <plan> & co", colour="#0072b2", description="A first step.")
    add_garden(full, scenario="Small <plan> & co", name="One garden")
    perform(full, "partnership.add_group", name="Women")
    perform(full, "scenarios.set_weights", people_group="Women", weights="jobs=2, carbon_gain=1")
    perform(full, "visioning.add_goal", name="Trees")
    perform(
        full, "visioning.add_target", goal="Trees", indicator="carbon_gain", name="Carbon", quantity=20_000, year=2040
    )
    run_scenarios(full)
    return full


def told_in_word(path):
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return document, "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_report_for_an_office_is_a_word_document(compared, tmp_path):
    document, text = told_in_word(write_report(compared, "scenarios", tmp_path / "s.docx"))
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert {"In short", "What could be done", "Against the goals", "What the models do not say", "Coefficients and their sources"} <= set(heads)  # fmt: skip
    for word in ("Small <plan> & co", "Home gardens in the east", "Women", "Invented landscape", "1,257,000", "20,000 (2040)"):  # fmt: skip
        assert word in text, word
    assert len(document.inline_shapes) >= 4 and document.core_properties.title == "Square: the scenarios"
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)  # for those who cannot see them
    heads_repeat = [table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables if len(table.rows) > 2]
    assert sum(bool(found) for found in heads_repeat) >= 5
    section = document.sections[0]
    assert section.footer.paragraphs[0]._p.xpath(".//w:fldSimple")  # page numbers
    for table in document.tables:
        assert sum(column.width or 0 for column in table.columns) <= section.page_width - section.left_margin - section.right_margin + 20_000  # fmt: skip


def test_every_page_can_be_a_word_document_and_broken_characters_do_not_stop_it(compared, tmp_path):
    perform(compared, "layers.change_landscape", description="a\x0bb\x1fc")
    for _entry, spec in compared.registry.list_pages():
        if spec.of:  # of a project: tests/tools/lift/test_documents.py
            continue
        _document, text = told_in_word(write_report(compared, spec.id, tmp_path / f"{spec.id}.docx"))
        assert text.strip()


def test_the_annex_holds_numbers_and_text_is_never_a_formula(compared, tmp_path):
    book = openpyxl.load_workbook(write_report(compared, "scenarios", tmp_path / "s.xlsx"))
    assert {"Indicators", "Over the years", "Land cover", "Goals", "Order", "Interventions", "Practices"} <= set(book.sheetnames)  # fmt: skip
    rows = [row for row in book["Indicators"].iter_rows(values_only=True) if row[0] and row[2] == "Plan"]
    found = {row[0]: row for row in rows}
    assert found["Carbon stored"][3] == 1_257_000 and found["Full-time jobs"][4] < found["Full-time jobs"][3]
    types = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert types <= {"s", "n"}
    with pytest.raises(UserError) as caught:
        write_report(compared, "summary", tmp_path / "x.xlsx")
    assert caught.value.code == "report.no_annex" and not (tmp_path / "x.xlsx").exists()


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".html"])
def test_a_report_before_anything_is_computed_says_so(planned, tmp_path, suffix):
    path = write_report(planned, "scenarios", tmp_path / f"s{suffix}")
    text = (
        text_of(path)[0]
        if suffix == ".pdf"
        else told_in_word(path)[1]
        if suffix == ".docx"
        else path.read_text("utf-8")
    )
    assert "not been computed yet" in text.replace("\r\n", " ")
    with pytest.raises(UserError):
        write_report(planned, "scenarios", tmp_path / "s.xlsx")


def test_the_report_speaks_the_language_with_its_numbers(compared, tmp_path):
    set_language("fr")
    _document, text = told_in_word(write_report(compared, "scenarios", tmp_path / "s.docx"))
    assert "En bref" in text and "1\u00a0257\u00a0000" in text
    set_language("id")
    text, _pages = text_of(write_report(compared, "scenarios", tmp_path / "s.pdf"))
    assert "Singkatnya" in text and "1.257.000" in text


def test_points_and_lines_are_pictures_without_filled_areas():
    chart = Points("Jobs against cost", "Cost", "Jobs", (
        Point("A", "#ff0000", 0, 0, first=True), Point("B", "#00ff00", 10, 5, (8, 12), (4, 6), True), Point("C", "#0000ff", 10, 2)))  # fmt: skip
    svg = to_svg(draw_points(chart, 400, 200))
    assert "fill: None" not in svg and svg.count("<circle") == 3 and "polyline" in svg
    picture = QImage.fromData(to_picture(draw_points(chart, 400, 200), 72))
    white = sum(picture.pixelColor(x, y).lightness() > 250 for x in range(400) for y in range(200))
    assert picture.width() == 400 and white > 0.8 * 400 * 200
    assert to_svg(draw_points(Points("none", "x", "y", ()), 100, 60))
