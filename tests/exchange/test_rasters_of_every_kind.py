"""Rasters as other programs write them: each driver that can write one is asked for it, and the cells must come in."""

import logging
import zipfile

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import Affine, from_origin

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.rasters import Window
from onekl_desktop.engine import perform
from onekl_desktop.exchange.raster import list_rasters
from onekl_desktop.project.queries.records import list_classes, list_layers
from tests.support.landscape import BOTTOM, CRS, LEFT, SIZE, cover_array, write_cover

WHERE = from_origin(LEFT, BOTTOM + SIZE, 100, 100)


def write(path, cells, driver="GTiff", crs=CRS, transform=WHERE, nodata=None, **more):
    with rasterio.open(
        path, "w", driver=driver, width=cells.shape[-1], height=cells.shape[-2], count=1 if cells.ndim == 2 else cells.shape[0],
        dtype=cells.dtype.name, crs=crs, transform=transform, nodata=nodata, **more,
    ) as target:  # fmt: skip
        target.write(cells if cells.ndim == 3 else cells[None])
    return path


def layer_of(session, made):
    with session.read() as db:
        return next(layer for layer in list_layers(db) if layer.uuid == made["layer"])


def code_of(session, **fields):
    with pytest.raises(UserError) as told:
        perform(session, "layers.import_layer", **fields)
    return told.value.code


@pytest.mark.parametrize(
    ("driver", "suffix"),
    [
        ("GTiff", "tif"), ("AAIGrid", "asc"), ("HFA", "img"), ("ENVI", "dat"), ("EHdr", "bil"), ("SAGA", "sdat"), ("RST", "rst"), ("PCRaster", "map"),
        ("netCDF", "nc"), ("XYZ", "xyz"), ("ERS", "ers"), ("PCIDSK", "pix"), ("GPKG", "gpkg"), ("COG", "tif"), ("ILWIS", "mpr"), ("PNG", "png"),
        ("JP2OpenJPEG", "jp2"), ("GSBG", "grd"), ("ISIS3", "cub"),
    ],
)  # fmt: skip
def test_what_other_programs_write_comes_in(session, tmp_path, monkeypatch, driver, suffix):
    cells = cover_array().astype(np.float32 if driver in ("GSBG", "PCRaster") else np.uint8)
    plain = write(tmp_path / "plain.tif", cells)
    options = {
        "GPKG": {"TILE_FORMAT": "PNG", "RASTER_TABLE": "cover"},
        "JP2OpenJPEG": {"REVERSIBLE": "YES", "QUALITY": "100"},
        "PNG": {"WORLDFILE": "YES"},
    }
    path = tmp_path / f"map.{suffix}"
    with monkeypatch.context() as quiet:  # what GDAL says of writing is not ours
        quiet.setattr(logging.getLogger("rasterio._env"), "disabled", True)
        rasterio.shutil.copy(str(plain), str(path), driver=driver, **options.get(driver, {}))
    made = perform(
        session,
        "layers.import_layer",
        file=str(path),
        role="land_cover",
        source_crs=CRS,
        band=1 if driver == "GPKG" else 0,
        name="m",
    )
    layer = layer_of(session, made)
    source = session.open_raster(layer)
    column, row = (int(value) for value in source.grid.to_cells(np.array([[LEFT + 2550, BOTTOM + 5050]]))[0])
    assert source.read(Window(row, column, 1, 1))[0, 0] == 1
    assert source.read(Window(row, column + 50, 1, 1))[0, 0] == 2
    assert abs(source.grid.cell_x - 100) < 1


def test_packed_values_are_unpacked(session, tmp_path):
    path = write(tmp_path / "t.tif", np.arange(10_000, dtype=np.int16).reshape(100, 100), nodata=-1)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (0.1,), (20,)
    made = perform(session, "layers.import_layer", file=str(path), role="elevation")
    assert any("packed" in sentence for sentence in made["sentences"])
    assert np.allclose(session.open_raster(layer_of(session, made)).read(Window(0, 0, 1, 3)), [[20, 20.1, 20.2]])


def test_a_mask_means_no_data(session, tmp_path):
    path = write(tmp_path / "t.tif", cover_array())
    mask = np.full((100, 100), 255, np.uint8)
    mask[:, :10] = 0
    with rasterio.open(path, "r+") as dataset:
        dataset.write_mask(mask)
    made = perform(session, "layers.import_layer", file=str(path), role="land_cover")
    got = session.open_raster(layer_of(session, made)).read(Window(0, 0, 100, 20))
    assert (got[:, :10] == 65_535).all() and (got[:, 10:] == 1).all()


def test_the_palette_of_the_file_is_kept(session, tmp_path):
    path = write(tmp_path / "t.tif", cover_array())
    with rasterio.open(path, "r+") as dataset:
        dataset.write_colormap(1, {1: (0, 100, 0, 255), 2: (250, 230, 90, 255)})
        dataset.update_tags(TIFFTAG_COPYRIGHT="CC-BY-4.0 Office of Maps")
    layer = layer_of(session, perform(session, "layers.import_layer", file=str(path), role="land_cover"))
    with session.read() as db:
        assert [cls.colour for cls in list_classes(db, layer.legend)] == ["#006400", "#fae65a"]
    assert layer.licence == "CC-BY-4.0 Office of Maps" and "SHA-256" in layer.import_note


def test_turned_and_upside_down_rasters_lie_where_they_say(session, tmp_path):
    turned = Affine.translation(LEFT + 5000, BOTTOM + 5000) @ Affine.rotation(30) @ Affine.scale(100, -100)
    path = write(tmp_path / "turned.tif", np.full((30, 30), 7, np.uint8), transform=turned)
    layer = layer_of(session, perform(session, "layers.import_layer", file=str(path), role="land_cover"))
    source = session.open_raster(layer)
    x, y = turned @ (15, 15)
    column, row = (int(value) for value in source.grid.to_cells(np.array([[x, y]]))[0])
    assert source.read(Window(row, column, 1, 1))[0, 0] == 7
    south_up = Affine(100, 0, LEFT, 0, 100, BOTTOM)
    cells = np.repeat(np.arange(1, 101, dtype=np.uint8)[:, None], 100, axis=1)  # 1 in the south
    path = write(tmp_path / "up.tif", cells, transform=south_up)
    source = session.open_raster(
        layer_of(session, perform(session, "layers.import_layer", file=str(path), role="land_cover"))
    )
    column, row = (int(value) for value in source.grid.to_cells(np.array([[LEFT + 50, BOTTOM + 50]]))[0])
    assert source.read(Window(row, column, 1, 1))[0, 0] == 1


def test_a_container_asks_which_raster(session, tmp_path):
    plain = write(tmp_path / "p.tif", cover_array().astype(np.float32))
    rasterio.shutil.copy(str(plain), str(tmp_path / "one.nc"), driver="netCDF")
    assert list_rasters(tmp_path / "one.nc") == []
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as bag:
        bag.write(plain, "a/first.tif")
        bag.write(plain, "a/second.tif")
    assert code_of(session, file=str(tmp_path / "two.zip")) == "import.several_layers"
    assert code_of(session, file=str(tmp_path / "two.zip"), source_layer="third.tif") == "import.no_layer"
    made = perform(
        session, "layers.import_layer", file=str(tmp_path / "two.zip"), source_layer="a/second.tif", role="land_cover"
    )
    assert made["name"] == "second"


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_what_is_no_map(session, tmp_path):
    assert (
        code_of(session, file=str(write(tmp_path / "photo.png", np.zeros((5, 5), np.uint8), "PNG", None, None)))
        == "import.not_placed"
    )
    assert code_of(session, file=str(write(tmp_path / "radar.tif", np.zeros((5, 5), np.complex64)))) == "import.complex"
    (tmp_path / "points.vrt").write_text(f'<VRTDataset rasterXSize="5" rasterYSize="5"><VRTRasterBand band="1"><SimpleSource><SourceFilename>{tmp_path}/photo.png</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>')  # fmt: skip
    assert code_of(session, file=str(tmp_path / "points.vrt")) == "import.virtual"
    (tmp_path / "hidden.tif").write_bytes((tmp_path / "points.vrt").read_bytes())
    assert code_of(session, file=str(tmp_path / "hidden.tif")) == "import.unreadable"
    (tmp_path / "empty.asc").write_bytes(b"")
    assert code_of(session, file=str(tmp_path / "empty.asc")) == "import.unreadable"
    all_nodata = write(tmp_path / "nothing.tif", np.zeros((100, 100), np.uint8), nodata=0)
    assert code_of(session, file=str(all_nodata), role="land_cover") == "import.no_features"
    one = write(tmp_path / "one.tif", np.ones((1, 1), np.uint8), transform=from_origin(LEFT, BOTTOM + SIZE, SIZE, SIZE))
    assert perform(session, "layers.import_layer", file=str(one), role="land_cover")["name"] == "one"


# ------------------------------------------------------------------ legends


def classes_csv(tmp_path, text):
    (tmp_path / "other.csv").write_text(text)
    return str(tmp_path / "other.csv")


def test_a_legend_with_other_codes_is_proposed_and_taken(planned, tmp_path):
    cells = cover_array()
    cells = np.where(cells == 1, 11, 12).astype(np.uint8)
    path = write(tmp_path / "old.tif", cells)
    table = classes_csv(tmp_path, "code,name\n11,forest\n12,FIELD\n13,Lake\n")
    with_own = perform(planned, "layers.import_layer", file=str(path), role="land_cover", classes=table, name="own")
    assert any("2 of 3 classes are named as in the legend of Cover" in sentence for sentence in with_own["sentences"])
    made = perform(
        planned,
        "layers.import_layer",
        file=str(path),
        role="land_cover",
        classes=table,
        match_legend="Cover",
        name="matched",
    )
    assert any("11 forest → 1 Forest; 12 FIELD → 2 Field" in sentence for sentence in made["sentences"])
    layer = layer_of(planned, made)
    got = planned.open_raster(layer).read(Window(0, 0, 100, 100))
    assert (got == cover_array()).all()
    with planned.read() as db:
        assert layer.legend == next(item.legend for item in list_layers(db) if item.name == "Cover")


def test_classes_without_a_counterpart_are_asked_for(planned, tmp_path):
    path = write(tmp_path / "old.tif", np.where(cover_array() == 1, 11, 14).astype(np.uint8))
    table = classes_csv(tmp_path, "code,name\n11,Forest\n14,Savanna\n")
    fields = {"file": str(path), "role": "land_cover", "classes": table, "match_legend": "Cover"}
    with pytest.raises(UserError) as told:
        perform(planned, "layers.import_layer", **fields)
    assert told.value.code == "import.no_counterpart" and "14 Savanna" in str(told.value)
    for crosswalk, code in (
        ("14:99", "import.crosswalk"),
        ("x", "import.crosswalk"),
        ("14:2,14:3", "import.crosswalk"),
    ):
        assert code_of(planned, **fields, crosswalk=crosswalk) == code
    made = perform(planned, "layers.import_layer", **fields, crosswalk="14:2")
    assert (planned.open_raster(layer_of(planned, made)).read(Window(0, 0, 100, 100)) == cover_array()).all()
    assert code_of(planned, file=str(path), role="land_cover", crosswalk="14:2") == "import.crosswalk"
    assert code_of(planned, file=str(path), role="land_cover", match_legend="nobody") == "record.missing"


def test_classes_without_a_table_keep_codes_that_the_legend_has(planned, tmp_path):
    path = write_cover(tmp_path, name="again.tif")
    made = perform(planned, "layers.import_layer", file=str(path), role="land_cover", match_legend="Cover")
    assert any("1 Class 1 → 1 Forest" in sentence for sentence in made["sentences"])


@pytest.mark.parametrize("rows", [398, 4_000])
def test_a_grid_that_cannot_be_in_degrees_is_told_and_not_resampled_for_minutes(session, tmp_path, rows):
    file = tmp_path / "grid.asc"
    file.write_text(f"ncols 4\nnrows {rows}\nxllcorner 98\nyllcorner 3\ncellsize 0.5\n" + "1 2 3 1\n" * rows)
    with pytest.raises(UserError, match="latitudes reach") as told:
        perform(session, "layers.import_layer", file=str(file), source_crs="EPSG:4326")
    assert told.value.code == "import.wrong_system"


def test_a_grid_that_would_grow_beyond_reason_is_told(session, tmp_path):
    file = tmp_path / "strip.tif"
    with rasterio.open(
        file, "w", driver="GTiff", width=20_000, height=4, count=1, dtype="uint8", crs="EPSG:4326",
        transform=rasterio.transform.from_bounds(98, 2.7, 260, 2.8, 20_000, 4),
    ) as out:  # fmt: skip
        out.write(np.ones((1, 4, 20_000), np.uint8))
    with pytest.raises(UserError, match="would grow from 80,000") as told:
        perform(session, "layers.import_layer", file=str(file))
    assert told.value.code == "import.wrong_system"
