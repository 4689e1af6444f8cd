"""Layers out of layers, against GeoPandas' own overlay and joins, and against cells counted one by one."""

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.features import geometry_mask

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from tests.support.landscape import BOTTOM, CRS, LEFT, add_cover, place
from tests.tools.layers.test_editing import rows


@pytest.fixture
def two(session, tmp_path):
    """Two layers of crooked areas that overlap, and one of points."""
    rng = np.random.default_rng(5)
    frames = {}
    for name, count in (("Farms", 40), ("Soils", 25)):
        centres = rng.uniform(1000, 9000, (count, 2))
        shapes = [shapely.Point(LEFT + x, BOTTOM + y).buffer(rng.uniform(200, 900), quad_segs=3) for x, y in centres]
        frames[name] = geopandas.GeoDataFrame(
            {"code": np.arange(count) % 4, "weight": rng.uniform(0, 5, count)}, geometry=shapes, crs=CRS
        )
    spots = [shapely.Point(LEFT + x, BOTTOM + y) for x, y in rng.uniform(0, 10_000, (60, 2))]
    frames["Spots"] = geopandas.GeoDataFrame({"tag": range(60)}, geometry=spots, crs=CRS)
    for name, frame in frames.items():
        frame.to_file(tmp_path / f"{name}.gpkg", driver="GPKG")
        perform(session, "layers.import_layer", file=str(tmp_path / f"{name}.gpkg"), name=name)
    session.frames = frames
    return session


def made(session, operation, **fields):
    found = perform(session, f"layers.{operation}", name="Made", **fields)
    return list(rows(session, found["name"]).values())


@pytest.mark.parametrize(
    ("operation", "how"),
    [("intersect_layers", "intersection"), ("unite_layers", "union"), ("subtract_layer", "difference")],
)
def test_overlays_equal_those_of_geopandas(two, operation, how):
    left, right = two.frames["Farms"], two.frames["Soils"].rename(columns={"code": "code_1", "weight": "weight_1"})
    # GeoPandas' union cuts the left shapes by the right ones, not by one another, as ours does.
    theirs = geopandas.overlay(left, right, how=how, keep_geom_type=True)
    ours = made(two, operation, layer="Farms", other="Soils")
    assert sorted(round(row["geom"].area, 3) for row in ours) == sorted(round(area, 3) for area in theirs.area)
    if how != "difference":

        def pairs(items):
            return sorted(
                (str(a) if a == a and a is not None else "-", str(b) if b == b and b is not None else "-")
                for a, b in items
            )

        as_whole = [
            (None if a != a else int(a), None if b != b else int(b))
            for a, b in zip(theirs["code"], theirs["code_1"], strict=True)
        ]
        assert pairs((row["code"], row["code_1"]) for row in ours) == pairs(as_whole)


def test_clip_and_dissolve_and_buffer(two):
    farms = two.frames["Farms"]
    soil = two.frames["Soils"].union_all()
    assert sum(row["geom"].area for row in made(two, "clip_layer", layer="Farms", by="Soils")) == pytest.approx(
        farms.intersection(soil).area.sum()
    )
    theirs = farms.dissolve("code", aggfunc={"weight": "sum"})
    ours = {row["code"]: row for row in made(two, "dissolve_layer", layer="Farms", column="code")}
    for code, row in theirs.iterrows():
        assert ours[code]["geom"].area == pytest.approx(row.geometry.area) and ours[code]["weight"] == pytest.approx(
            row["weight"]
        )
        assert ours[code]["count"] == 10
    near = made(two, "buffer_layer", layer="Spots", distance=300, together=True)
    assert sum(row["geom"].area for row in near) == pytest.approx(
        two.frames["Spots"].buffer(300, quad_segs=16).union_all().area
    )


def test_joins_by_place(two):
    theirs = (
        two.frames["Spots"]
        .sjoin_nearest(two.frames["Farms"], distance_col="away")
        .drop_duplicates("tag")
        .sort_values("tag")
    )
    ours = sorted(made(two, "join_layer", layer="Spots", other="Farms", how="nearest"), key=lambda row: row["tag"])
    assert [row["distance_m"] for row in ours] == pytest.approx(theirs["away"].tolist(), abs=1e-3)
    inside = two.frames["Spots"].sjoin(two.frames["Farms"], predicate="within")
    ours = made(two, "join_layer", layer="Spots", other="Farms", how="within")
    assert {row["tag"] for row in ours if row["code"] is not None} == set(inside["tag"]) and len(ours) == 60


def test_a_table_is_joined_by_its_codes(two, tmp_path):
    (tmp_path / "t.csv").write_text("farm;owners;share\n1;Ana;0,5\n2;Budi;0,25\n9;Nobody;1\n", encoding="utf-8")
    ours = made(two, "join_table", layer="Farms", column="code", file=str(tmp_path / "t.csv"), table_column="farm")
    assert {(row["code"], row["owners"], row["share"]) for row in ours} == {
        (0, None, None),
        (1, "Ana", 0.5),
        (2, "Budi", 0.25),
        (3, None, None),
    }
    with pytest.raises(UserError) as told:
        made(two, "join_table", layer="Farms", column="weight", file=str(tmp_path / "t.csv"), table_column="owners")
    assert told.value.code == "layers.no_match"


def test_statistics_of_zones_are_those_of_the_cells(two, tmp_path):
    rng = np.random.default_rng(1)
    heights = rng.normal(500, 80, (400, 400)).astype(np.float32)
    heights[:20] = -1
    transform = rasterio.transform.from_origin(LEFT, BOTTOM + 10_000, 25, 25)
    with rasterio.open(
        tmp_path / "h.tif",
        "w",
        driver="GTiff",
        width=400,
        height=400,
        count=1,
        dtype="float32",
        crs=CRS,
        nodata=-1,
        transform=transform,
    ) as target:
        target.write(heights, 1)
    perform(two, "layers.import_layer", file=str(tmp_path / "h.tif"), name="Heights", role="elevation")
    ours = made(two, "zonal_statistics", layer="Farms", raster="Heights", prefix="h_")
    for row, shape in zip(ours, two.frames["Farms"].geometry, strict=True):
        inside = ~geometry_mask([shape], heights.shape, transform) & (heights != -1)
        cells = heights[inside].astype(np.float64)
        assert row["h_cells"] == len(cells)
        assert (row["h_mean"], row["h_sum"], row["h_least"], row["h_greatest"], row["h_deviation"]) == pytest.approx(
            (cells.mean(), cells.sum(), cells.min(), cells.max(), cells.std()), rel=1e-9)  # fmt: skip


def test_hectares_of_classes_by_zone(two, tmp_path):
    add_cover(two, tmp_path)
    ours = made(two, "zonal_statistics", layer="Farms", raster="Cover")
    cells = np.full((100, 100), 2)
    cells[:, :50] = 1
    transform = rasterio.transform.from_origin(LEFT, BOTTOM + 10_000, 100, 100)
    for row, shape in zip(ours, two.frames["Farms"].geometry, strict=True):
        inside = ~geometry_mask([shape], cells.shape, transform)
        assert (row["Forest ha"], row["Field ha"]) == ((inside & (cells == 1)).sum(), (inside & (cells == 2)).sum())


def test_nothing_in_common_and_a_wrong_kind_are_told(two):
    perform(two, "layers.add_layer", name="Empty")
    perform(two, "layers.add_layer", name="Far")
    perform(two, "layers.add_shape", layer="Far", geometry=place(50_000, 0, 51_000, 1000))
    for fields, code in (
        ({"layer": "Farms", "other": "Far"}, "layers.no_result"), ({"layer": "Farms", "other": "Empty"}, "layers.nothing"),
        ({"layer": "Farms", "other": "Spots"}, "layers.not_areas"), ({"layer": "Farms", "other": "Nobody"}, "record.missing"),
    ):  # fmt: skip
        with pytest.raises(UserError) as told:
            made(two, "intersect_layers", **fields)
        assert told.value.code == code
