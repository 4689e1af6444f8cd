"""Printed pages: georeferenced where the map is, the same on every device, whole or not written at all."""

import io

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pyproj import Transformer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from onekl_desktop.base.errors import UserError
from onekl_desktop.cartography import page_files as pages
from onekl_desktop.cartography.layout import PAPERS, Layout, load_layout, plan_page
from onekl_desktop.cartography.printing import atlas_of, contents_of, for_atlas, list_layouts, write_map
from onekl_desktop.cartography.sheet import Sheet
from onekl_desktop.cartography.source import MapSource
from onekl_desktop.engine import perform
from tests.cartography.test_pictures import difference
from tests.support.landscape import BOTTOM, CRS, LEFT, SIZE, place

BOX = (LEFT, BOTTOM, LEFT + SIZE, BOTTOM + SIZE)


@pytest.fixture
def printed(planned):
    """A project with two villages."""
    perform(planned, "layers.add_layer", name="Villages", columns="name", role="zones")
    for name, shape in (("Aro", place(0, 0, 5000, 10_000)), ("Bena", place(5000, 0, 10_000, 10_000))):
        perform(planned, "layers.add_shape", layer="Villages", geometry=shape, values={"name": name})
    return planned


def contents(session, box=BOX):
    return contents_of(session.project, MapSource(session.project).scene(), box, author="A. Planner")


def test_a_pdf_says_where_it_is(printed, tmp_path):
    sheet = Sheet(Layout(title="Map of {landscape}", subtitle="{date}"), contents(printed))
    pages.write_pdf(tmp_path / "m.pdf", [sheet], "Square")
    page = PdfReader(tmp_path / "m.pdf").pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [297, 210]
    viewport = page["/VP"][0]
    told = np.array([float(value) for value in viewport["/Measure"]["/GPTS"]]).reshape(4, 2)
    left, bottom, right, top = (float(value) * 25.4 / 72 for value in viewport["/BBox"])
    frame = sheet.plan.map
    assert (left, float(page.mediabox.height) / 72 * 25.4 - top, right - left, top - bottom) == pytest.approx(
        (frame.x, frame.y, frame.width, frame.height), abs=0.05
    )
    corners = [
        sheet.view.to_map(x, y)
        for x, y in ((0, sheet.view.height), (0, 0), (sheet.view.width, 0), (sheet.view.width, sheet.view.height))
    ]
    back = np.column_stack(Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(told[:, 1], told[:, 0]))
    assert np.abs(back - corners).max() < 0.01
    assert viewport["/Measure"]["/GCS"]["/EPSG"] == 32647
    text = " ".join(page.extract_text().split())
    assert "Map of Square" in text and "EPSG:32647" in text and "A. Planner" in text


def test_vectors_stay_vectors(printed, tmp_path):
    perform(printed, "layers.change_layer", layer="Cover", visible=False)
    pages.write_pdf(tmp_path / "m.pdf", [Sheet(Layout(), contents(printed))])
    assert not PdfReader(tmp_path / "m.pdf").pages[0].images


def test_svg_png_and_the_page_are_the_same_map(printed, tmp_path):
    layout, made = Layout(grid="lines"), contents(printed)
    sheet = Sheet(layout, made, 72)
    page = pages.picture_of_sheet(sheet)
    write_map(tmp_path / "m.svg", layout, [made])
    image = QImage(page.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    QSvgRenderer(str(tmp_path / "m.svg")).render(painter)
    painter.end()

    def rgb(picture):
        picture = picture.convertToFormat(QImage.Format.Format_RGB888)
        bits = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
        return bits[:, : picture.width() * 3].reshape(picture.height(), picture.width(), 3).copy()

    frame = [
        round(value / 25.4 * 72)
        for value in (sheet.plan.map.y, sheet.plan.map.height, sheet.plan.map.x, sheet.plan.map.width)
    ]
    part = slice(frame[0], frame[0] + frame[1]), slice(frame[2], frame[2] + frame[3])
    assert difference(rgb(page)[part], rgb(image)[part]) < 2


def test_a_world_file_and_a_geotiff_lie_where_they_should(printed, tmp_path):
    made = contents(printed)
    (png,) = write_map(tmp_path / "m.png", Layout(), [made])
    a, d, b, e, c, f = map(float, (tmp_path / "m.pgw").read_text().split())
    sheet = Sheet(Layout(), made, pages.fitting_dpi(Layout()))
    x0, y0 = sheet.plan.map.x / 25.4 * 300, sheet.plan.map.y / 25.4 * 300
    corner = (a * (x0 - 0.5) + b * (y0 - 0.5) + c, d * (x0 - 0.5) + e * (y0 - 0.5) + f)
    assert (
        corner == pytest.approx((sheet.view.extent[0], sheet.view.extent[3]), abs=0.01)
        and QImage(str(png)).width() == 3508
    )
    (tif,) = write_map(tmp_path / "m.tif", Layout(), [made])
    with rasterio.open(tif) as found:
        assert found.crs.to_epsg() == 32647 and found.count == 3
        assert found.bounds == pytest.approx(sheet.view.extent)
        forest = found.index(LEFT + 2500, BOTTOM + 5000)
        assert found.read(window=((forest[0], forest[0] + 1), (forest[1], forest[1] + 1))).ravel().tolist() != [
            255,
            255,
            255,
        ]


def test_an_atlas_has_a_page_for_each_village(printed, tmp_path):
    source = MapSource(printed.project)
    made = atlas_of(printed.project, source, source.scene(), "Villages")
    assert [each.facts["place"] for each in made] == ["Aro", "Bena"]
    layout = for_atlas(Layout())
    write_map(tmp_path / "a.pdf", layout, made)
    reader = PdfReader(tmp_path / "a.pdf")
    assert ["Aro" in page.extract_text() for page in reader.pages] == [True, False]
    assert len({str(page["/VP"][0]["/Measure"]["/GPTS"]) for page in reader.pages}) == 2
    assert [path.name for path in write_map(tmp_path / "a.png", Layout(paper="A4"), made)] == ["a-001.png", "a-002.png"]
    for layer, code in (("Cover", "layers.not_areas"), ("Nobody", "record.missing")):
        with pytest.raises(UserError) as told:
            atlas_of(printed.project, source, source.scene(), layer)
        assert told.value.code == code


def test_what_cannot_be_written_leaves_nothing(printed, tmp_path):
    for target, code in ((tmp_path / "m.doc", "print.kind"), (tmp_path / "no" / "m.svg", "file.missing")):
        with pytest.raises(UserError) as told:
            write_map(target, Layout(), [contents(printed)])
        assert told.value.code == code
    assert not list(tmp_path.rglob("*.new"))


def test_the_scale_asked_for_is_the_scale_printed(printed):
    sheet = Sheet(Layout(scale=50_000), contents(printed))
    assert sheet.view.scale == pytest.approx(50_000)
    assert sheet.view.unit_per_pixel * 300 / 0.0254 == pytest.approx(50_000)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("upright", [True, False])
def test_nothing_on_a_page_lies_over_anything_else(paper, upright):
    layout = Layout(paper=paper, upright=upright, subtitle="x")
    plan = plan_page(layout)
    boxes = [shapely.box(f.x, f.y, f.x + f.width, f.y + f.height) for f in (plan.title, plan.map, plan.side)]
    paper_box = shapely.box(0, 0, *layout.size_mm)
    assert all(paper_box.contains(box) for box in boxes)
    assert not any(a.intersection(b).area > 1e-6 for at, a in enumerate(boxes) for b in boxes[at + 1 :])
    assert boxes[1].area > 0.35 * paper_box.area


def test_a_layout_is_kept_and_read_back(printed):
    perform(
        printed,
        "layers.save_layout",
        name="Office",
        paper="A2",
        title="Office of {landscape}",
        legend=False,
        scale=25_000,
    )
    perform(printed, "layers.save_layout", name="Office", subtitle="Draft")
    (kept,) = list_layouts(printed.project)
    assert (kept.name, kept.paper, kept.title, kept.subtitle, kept.legend, kept.scale) == (
        "Office",
        "A2",
        "Office of {landscape}",
        "Draft",
        False,
        25_000,
    )
    perform(printed, "layers.save_layout", name="Office", subtitle="-", scale=0)
    (kept,) = list_layouts(printed.project)
    assert kept.subtitle == "" and kept.scale is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["paper", "scale", "logo", "title", "margin_mm", "grid", "legend", "size_mm", "dump"]),
                inner,
                max_size=5,
            )
        ),
    )
)
def test_a_strangers_layout_becomes_one_that_can_be_printed(given_):
    import json

    layout = load_layout(json.dumps(given_))
    plan_page(layout)
    layout.logo_bytes()
    assert load_layout(layout.dump()) == layout


def test_the_command_line_prints(printed, tmp_path, capsys):
    from onekl_desktop.cli.main import run

    printed.close()
    assert (
        run(["map", str(printed.path), "--out", str(tmp_path / "c.pdf"), "--paper", "A3", "--atlas", "Villages"]) == 0
    )
    assert len(PdfReader(io.BytesIO((tmp_path / "c.pdf").read_bytes())).pages) == 2
    assert run(["map", str(printed.path), "--out", str(tmp_path / "c.png"), "--layout", "Nobody"]) == 3
    assert "Nobody" in capsys.readouterr().err
