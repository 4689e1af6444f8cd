import json

import pytest
import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.exchange.boundary import read_boundary


def write(folder, shape, name="b.geojson", **extra):
    path = folder / name
    geometry = shape if isinstance(shape, dict) else shapely.geometry.mapping(shape)
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {"n": "a"}, "geometry": geometry}],
                **extra,
            }
        )
    )
    return path


def code_of(call):
    with pytest.raises(UserError) as told:
        call()
    return told.value.code


def test_a_good_boundary_gets_its_utm_zone(tmp_path):
    plan = read_boundary(write(tmp_path, shapely.box(98.6, 3.1, 98.8, 3.3)))
    assert plan.crs == "EPSG:32647" and not plan.problems and plan.area_ha == pytest.approx(49_166, rel=1e-3)
    assert plan.shape.geom_type == "MultiPolygon" and plan.shape.is_valid


def test_a_bow_tie_is_shown_with_its_repair(tmp_path):
    plan = read_boundary(write(tmp_path, shapely.Polygon([(98.6, 3.1), (98.8, 3.3), (98.8, 3.1), (98.6, 3.3)])))
    assert plan.needs_repair and plan.problems[0].code == "boundary.crosses_itself"
    assert plan.shape.is_valid and not plan.original.is_valid and plan.area_ha > 20_000


def test_swapped_latitude_and_longitude(tmp_path):
    good = shapely.box(98.6, 3.1, 98.8, 3.3)
    plan = read_boundary(write(tmp_path, shapely.transform(good, lambda xy: xy[:, ::-1])))
    assert [problem.code for problem in plan.problems] == ["boundary.swapped"] and plan.crs == "EPSG:32647"
    assert plan.area_ha == pytest.approx(read_boundary(write(tmp_path, good)).area_ha, rel=1e-9)


@pytest.mark.parametrize(
    "place",
    [(-6.6, 5.8), (-72.9, 8.1), (36.8, -1.3), (-74.2, 4.6), (-1.5, 12.3)],
    ids=["Ivory Coast", "Colombia", "Kenya", "Bogota", "Burkina"],
)
def test_swapped_where_both_numbers_could_be_latitudes(tmp_path, place):
    good = shapely.Point(place).buffer(0.1)
    right = read_boundary(write(tmp_path, good))
    assert right.problems == []
    plan = read_boundary(write(tmp_path, shapely.transform(good, lambda xy: xy[:, ::-1])))
    if plan.problems:
        assert plan.problems[0].code == "boundary.in_the_sea" and plan.crs == right.crs
        assert plan.area_ha == pytest.approx(right.area_ha, rel=1e-9)
    else:  # the swapped place is land as well (Burkina): nobody can tell, and the map shows it
        assert place == (-1.5, 12.3) or place == (36.8, -1.3)


def test_whoever_names_the_system_is_believed(tmp_path):
    at_sea = shapely.Point(5.8, -6.6).buffer(0.1)
    assert read_boundary(write(tmp_path, at_sea)).problems[0].code == "boundary.in_the_sea"
    assert read_boundary(write(tmp_path, at_sea), source_crs="EPSG:4326").problems == []


def test_what_no_repair_can_mend(tmp_path):
    assert code_of(lambda: read_boundary(write(tmp_path, shapely.box(0.001, 0.001, 0.2, 0.2)))) == "boundary.at_origin"
    assert (
        code_of(lambda: read_boundary(write(tmp_path, shapely.box(500_000, 300_000, 510_000, 310_000))))
        == "boundary.not_on_earth"
    )
    assert code_of(lambda: read_boundary(write(tmp_path, shapely.Point(98, 3)))) == "boundary.no_polygon"
    assert code_of(lambda: read_boundary(write(tmp_path, shapely.Polygon([(98, 3), (99, 3), (98, 3), (98, 3)])))) in (
        "boundary.no_polygon",
        "boundary.empty",
    )
    assert code_of(lambda: read_boundary(tmp_path / "none.geojson")) == "file.missing"
    (tmp_path / "x.geojson").write_text("{broken")
    assert code_of(lambda: read_boundary(tmp_path / "x.geojson")) == "import.bad_geojson"


def test_a_file_without_a_system_needs_one_named(tmp_path):
    import geopandas

    path = tmp_path / "nocrs.shp"
    geopandas.GeoDataFrame(geometry=[shapely.box(500_000, 300_000, 510_000, 310_000)]).to_file(path)
    assert code_of(lambda: read_boundary(path)) == "boundary.no_crs"
    assert read_boundary(path, source_crs="32647").area_ha == pytest.approx(10_000, rel=2e-3)
    assert code_of(lambda: read_boundary(path, source_crs="EPSG:99999999")) == "crs.unknown"


def test_the_project_counts_in_metres(tmp_path):
    path = write(tmp_path, shapely.box(98.6, 3.1, 98.8, 3.3))
    assert code_of(lambda: read_boundary(path, crs="EPSG:4326")) == "crs.not_projected"
    assert read_boundary(path, crs="EPSG:23830").crs == "EPSG:23830"


def test_one_feature_of_many(tmp_path):
    path = tmp_path / "many.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"name": n},
            "geometry": shapely.geometry.mapping(shapely.box(98 + k, 3, 98.5 + k, 3.5)),
        }
        for k, n in enumerate("ab")
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    both, one = read_boundary(path), read_boundary(path, feature="name=b")
    assert both.area_ha == pytest.approx(2 * one.area_ha, rel=1e-6) and "2 areas" in " ".join(both.sentences)
    with pytest.raises(UserError) as told:
        read_boundary(path, feature="name=c")
    assert "a, b" in str(told.value)
    assert code_of(lambda: read_boundary(path, feature="nome=c")) == "record.missing"
