"""A landscape of seeded noise of any size, with the tables and parameter sets of every model: `make_landscape.py OUT CELLS`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine
from scipy import ndimage

CELL_M, LEFT, TOP, EPSG = 30.0, 420_000.0, 5_400_000.0, 32633
CODES = tuple(range(1, 11))
STRIP = 1024


def noise(rng: np.random.Generator, size: int, feature: int) -> np.ndarray:
    """Smooth noise, 0 to 1: coarse random points brought to the full grid by splines."""
    coarse = rng.random((size // feature + 4, size // feature + 4), dtype=np.float32)
    zoomed = ndimage.zoom(coarse, (size + feature) / (coarse.shape[0] * 1.0), order=1)[:size, :size]
    low, high = float(zoomed.min()), float(zoomed.max())
    return (zoomed - low) / (high - low)


def write(path: Path, values: np.ndarray, nodata: float) -> None:
    """A tiled, compressed GeoTIFF."""
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype.name,
        crs=f"EPSG:{EPSG}", nodata=nodata, tiled=True, compress="lzw", BIGTIFF="IF_SAFER",
        transform=Affine(CELL_M, 0, LEFT, 0, -CELL_M, TOP),
    ) as out:  # fmt: skip
        out.write(values, 1)


def make(folder: Path, size: int, seed: int = 7) -> None:
    """Write inputs, tables, polygons and one parameter set for each model."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    relief = (
        600 * noise(rng, size, max(size // 6, 8))
        + 120 * noise(rng, size, max(size // 40, 4))
        + 15 * noise(rng, size, 6)
    )
    relief += np.linspace(300, 0, size, dtype=np.float32)[:, None]
    write(folder / "dem.tif", np.round(relief, 2).astype(np.float32), -9999)
    wet = noise(rng, size, max(size // 20, 4))
    for name, level in (("lulc_cur", 0.0), ("lulc_fut", 0.15), ("lulc_bas", -0.1)):
        cover = np.clip((wet + 0.25 * noise(rng, size, 8) + level) * 8, 0, 9.99).astype(np.uint8) + 1
        write(folder / f"{name}.tif", cover, 255)
        if name != "lulc_bas":
            key = {"lulc_cur": "c", "lulc_fut": "f"}[name]
            write(folder / f"threat_crop_{key}.tif", (cover == 4).astype(np.uint8), 255)
            write(folder / f"threat_urban_{key}.tif", (cover == 3).astype(np.uint8), 255)
            write(folder / f"threat_road_{key}.tif", (np.abs(wet - 0.4) < 0.002).astype(np.uint8), 255)
    for name, low, high in (("precipitation", 700, 2200), ("eto", 500, 1400), ("erosivity", 300, 4000), ("erodibility", 0.01, 0.06),
                            ("soil_depth", 300, 2000), ("pawc", 0.05, 0.35), ("runoff_proxy", 100, 900)):  # fmt: skip
        write(
            folder / f"{name}.tif",
            (low + (high - low) * noise(rng, size, max(size // 10, 4))).astype(np.float32),
            -9999,
        )
    rows = ["lucode,usle_c,usle_p,kc,root_depth,lulc_veg,load_type_n,load_n,eff_n,crit_len_n,proportion_subsurface_n,load_type_p,load_p,eff_p,crit_len_p"]  # fmt: skip
    rows += [f"{c},{0.002 * c * c:g},1,{0.3 + 0.08 * c:g},{200 * c},{int(c > 3)},measured-runoff,{4 * c},{0.9 - 0.08 * c:g},{30 + 10 * c},{0.03 * c:g},"
             f"measured-runoff,{0.4 * c:g},{0.8 - 0.07 * c:g},{30 + 10 * c}" for c in CODES]  # fmt: skip
    (folder / "biophysical.csv").write_text("\n".join(rows) + "\n")
    pools = ["lucode,c_above,c_below,c_soil,c_dead", *(f"{c},{12 * c},{4 * c},{50 + c},{c}" for c in CODES)]
    (folder / "carbon_pools.csv").write_text("\n".join(pools) + "\n")
    (folder / "threats.csv").write_text(
        "threat,max_dist,weight,decay,cur_path,fut_path,base_path\n"
        "crop,600,0.6,linear,threat_crop_c.tif,threat_crop_f.tif,\n"
        "road,450,0.8,exponential,threat_road_c.tif,threat_road_f.tif,\n"
        "urban,1200,1,exponential,threat_urban_c.tif,threat_urban_f.tif,\n"
    )
    sensitivity = [
        "lucode,habitat,crop,road,urban",
        *(f"{c},{c / 10:g},{0.9 - c / 20:g},0.5,{c / 12:.3f}" for c in CODES),
    ]
    (folder / "sensitivity.csv").write_text("\n".join(sensitivity) + "\n")
    (folder / "demand.csv").write_text("\n".join(["lucode,demand", *(f"{c},{20 * c}" for c in CODES)]) + "\n")
    _write_watersheds(folder, size)
    _write_sets(folder, size)


def _write_watersheds(folder: Path, size: int) -> None:
    side, features = size * CELL_M, []
    for number in range(9):
        row, column = divmod(number, 3)
        x0, y0 = LEFT + side * (0.01 + column * 0.327), TOP - side * (0.01 + row * 0.327)
        x1, y1 = x0 + side * 0.32, y0 - side * 0.32
        ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
        features.append(
            {
                "type": "Feature",
                "properties": {"ws_id": number + 1},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{EPSG}"}}
    (folder / "watersheds.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    )


def _write_sets(folder: Path, size: int) -> None:
    hectares = size * size * CELL_M * CELL_M / 10_000
    terrain = {"dem_path": "dem.tif", "lulc_path": "lulc_cur.tif", "watersheds_path": "watersheds.geojson",
               "biophysical_table_path": "biophysical.csv", "threshold_flow_accumulation": 1000, "k_param": 2.0}  # fmt: skip
    sediment = {**terrain, "erosivity_path": "erosivity.tif", "erodibility_path": "erodibility.tif", "ic_0_param": 0.5, "sdr_max": 0.8, "l_max": 122.0}  # fmt: skip
    nutrients = {**terrain, "runoff_proxy_path": "runoff_proxy.tif", "calc_n": True, "calc_p": True,
                 "subsurface_critical_length_n": 200.0, "subsurface_eff_n": 0.8, "runoff_proxy_av": ""}  # fmt: skip
    sets = {
        "carbon": ("carbon", {"lulc_bas_path": "lulc_cur.tif", "lulc_alt_path": "lulc_fut.tif", "calc_sequestration": True,
            "carbon_pools_path": "carbon_pools.csv", "do_valuation": True, "lulc_bas_year": 2020, "lulc_alt_year": 2050,
            "price_per_metric_ton_of_c": 43.0, "discount_rate": 7.0, "rate_change": 2.0}),
        "habitat_quality": ("habitat_quality", {"lulc_cur_path": "lulc_cur.tif", "lulc_fut_path": "lulc_fut.tif", "lulc_bas_path": "lulc_bas.tif",
            "threats_table_path": "threats.csv", "sensitivity_table_path": "sensitivity.csv", "half_saturation_constant": 0.05}),
        "sdr": ("sdr", {**sediment, "flow_dir_algorithm": "MFD"}),
        "sdr_d8": ("sdr", {**sediment, "flow_dir_algorithm": "D8"}),
        "ndr": ("ndr", {**nutrients, "flow_dir_algorithm": "MFD"}),
        "annual_water_yield": ("annual_water_yield", {"lulc_path": "lulc_cur.tif", "depth_to_root_rest_layer_path": "soil_depth.tif",
            "precipitation_path": "precipitation.tif", "pawc_path": "pawc.tif", "eto_path": "eto.tif", "watersheds_path": "watersheds.geojson",
            "biophysical_table_path": "biophysical.csv", "demand_table_path": "demand.csv", "seasonality_constant": 12.0}),
        "scenario_gen_proximity": ("scenario_gen_proximity", {"base_lulc_path": "lulc_cur.tif", "replacement_lucode": 4, "focal_landcover_codes": "6 7",
            "convertible_landcover_codes": "6 7 8 9", "area_to_convert": round(hectares * 0.02, 1), "n_fragmentation_steps": 2,
            "convert_farthest_from_edge": True, "convert_nearest_to_edge": True}),
    }  # fmt: skip
    for name, (model, arguments) in sets.items():
        (folder / f"{name}.json").write_text(json.dumps({"model_id": model, "args": arguments}, indent=1))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
