"""What the water yield model takes and gives."""

from onekl_desktop.base.specs import (
    Equation,
    Flag,
    Influence,
    ModelSpec,
    Number,
    Output,
    RasterFile,
    TableColumn,
    TableFile,
    VectorFile,
)
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="water", invest_id="annual_water_yield", title=N_("Annual water yield"), version=1, run="onekl_desktop.models.water.model:run",
    aligned_on="lulc_path", meets=True, reads_once=True, cluster="blocks",
    about=N_(
        "How much of a year's rain is not given back to the air and can reach rivers and wells. "
        "It says nothing about seasons, floods or groundwater levels."),
    inputs=(
        RasterFile(id="lulc_path", title=N_("Land cover"), codes=True),
        RasterFile(id="depth_to_root_rest_layer_path", title=N_("Depth of soil that roots can use"), unit="mm", minimum=0),
        RasterFile(id="precipitation_path", title=N_("Rain"), unit="mm/yr", minimum=0),
        RasterFile(id="pawc_path", title=N_("Water that plants can use"), about=N_("Share of the soil's volume, 0 to 1."), minimum=0, maximum=1),
        RasterFile(id="eto_path", title=N_("Reference evapotranspiration"), unit="mm/yr", minimum=0),
        VectorFile(id="watersheds_path", cuts=True, title=N_("Watersheds"), about=N_("Polygons with a whole number ws_id each."), columns=("ws_id",)),
        VectorFile(id="sub_watersheds_path", title=N_("Subwatersheds"), columns=("subws_id",), required=False),
        TableFile(id="biophysical_table_path", title=N_("Table of classes"), columns=(
            TableColumn(id="lulc_veg", about=N_("1 for land with plants, 0 for other land."), minimum=0, maximum=1, switch=True),
            TableColumn(id="root_depth", about=N_("Depth that 95 % of the roots reach."), unit="mm", minimum=0),
            TableColumn(id="kc", about=N_("Evapotranspiration as a multiple of the reference."), minimum=0))),
        Number(id="seasonality_constant", title=N_("Seasonality constant Z"), minimum=1e-6),
        TableFile(id="demand_table_path", title=N_("Water use by class"), required=False, columns=(
            TableColumn(id="demand", about=N_("Cubic metres a year and cell."), unit="m3/yr", minimum=0),)),
        TableFile(id="valuation_table_path", title=N_("Hydropower stations"), index="ws_id", required=False, columns=(
            TableColumn(id="efficiency", minimum=0, maximum=1), TableColumn(id="fraction", minimum=0, maximum=1),
            TableColumn(id="height", unit="m", minimum=0), TableColumn(id="kw_price"), TableColumn(id="cost"),
            TableColumn(id="time_span", minimum=0), TableColumn(id="discount", unit="%"))),
        Flag(id="clean_variant", title=N_("Without InVEST's oddities"), about=N_("A discount rate of 0 counts every year in full; InVEST values hydropower at 0 then.")),
    ),
    outputs=(
        Output(id="wyield", title=N_("Water yield"), unit="mm/yr", measure="mean", direction=1),
        Output(id="aet", title=N_("Actual evapotranspiration"), unit="mm/yr", measure="mean"),
        Output(id="fractp", title=N_("Evapotranspiration as a share of the rain"), measure="mean"),
        Output(id="watershed_results", title=N_("Means and volumes by watershed"), kind="table"),
        Output(id="subwatershed_results", title=N_("Means and volumes by subwatershed"), kind="table"),
        Output(id="pet", title=N_("Potential evapotranspiration"), unit="mm/yr", intermediate=True),
    ),
    equations=(
        Equation(title=N_("Water yield"), formula="Y = (1 − AET / P) · P", source=""),
        Equation(title=N_("Budyko curve"), formula="AET / P = min(φ, 1 + φ − (1 + φ^w)^(1/w)), φ = Kc · ET₀ / P", source="Fu 1981, Zhang et al. 2004"),
        Equation(title=N_("Shape of the curve"), formula="w = min(5, Z · AWC / P + 1.25), AWC = min(root depth, soil depth) · PAWC", source="Donohue et al. 2012"),
    ),
    influences=(
        Influence(input="kc", output="wyield", percent=-5.26),
        Influence(input="seasonality_constant", output="wyield", percent=-2.88),
        Influence(input="root_depth", output="wyield", percent=-1.37),
    ),
    source="InVEST 3.20 Annual Water Yield; Fu 1981, Zhang et al. 2004, Donohue et al. 2012.",
)  # fmt: skip
