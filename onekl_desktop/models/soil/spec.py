"""What the sediment model takes and gives."""

from onekl_desktop.base.specs import (
    Choice,
    Equation,
    Influence,
    ModelSpec,
    Number,
    Option,
    Output,
    RasterFile,
    TableColumn,
    TableFile,
    VectorFile,
)
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="soil", invest_id="sdr", title=N_("Sediment delivery"), version=1, run="onekl_desktop.models.soil.model:run", bytes_per_cell=45, cluster="watersheds", aligned_on="dem_path", meets=True,
    about=N_(
        "How much soil rain washes away each year, how much of it reaches a stream, and how much land cover keeps back. "
        "It counts sheet and rill erosion only: no gullies, banks or landslides."),
    inputs=(
        RasterFile(id="dem_path", title=N_("Elevation"), unit="m", resampling="bilinear", maximum=9000),
        RasterFile(id="erosivity_path", title=N_("Rainfall erosivity"), unit="MJ mm/(ha h yr)", resampling="bilinear", minimum=0),
        RasterFile(id="erodibility_path", title=N_("Soil erodibility"), unit="t ha h/(ha MJ mm)", resampling="bilinear", minimum=0),
        RasterFile(id="lulc_path", title=N_("Land cover"), codes=True, resampling="mode"),
        VectorFile(id="watersheds_path", cuts=True, title=N_("Watersheds"), about=N_("Polygons with a whole number ws_id each."), columns=("ws_id",)),
        TableFile(id="biophysical_table_path", title=N_("Table of classes"), columns=(
            TableColumn(id="usle_c", about=N_("Cover factor C, 0 to 1."), minimum=0, maximum=1),
            TableColumn(id="usle_p", about=N_("Practice factor P, 0 to 1."), minimum=0, maximum=1))),
        Number(id="threshold_flow_accumulation", title=N_("Cells that make a stream"), unit="", minimum=1, decimals=0),
        Number(id="k_param", title=N_("Borselli k"), default=2.0, source="Vigiak et al. 2012", minimum=1e-6),
        Number(id="sdr_max", title=N_("Highest delivery ratio"), default=0.8, minimum=0, maximum=1, source="Vigiak et al. 2012"),
        Number(id="ic_0_param", title=N_("Borselli IC0"), default=0.5, source="Vigiak et al. 2012"),
        Number(id="l_max", title=N_("Longest slope factor L"), default=122.0, minimum=0, source="Renard et al. 1997"),
        RasterFile(id="drainage_path", title=N_("Drainage"), about=N_("1 where water is led to a stream, for example by roads or ditches."), required=False),
        Choice(id="flow_dir_algorithm", title=N_("Flow directions"), about=N_("MFD spreads water over all lower neighbours, D8 sends it to the steepest."), required=False, default="MFD", options=(Option(id="MFD", title=N_("Multiple flow directions")), Option(id="D8", title=N_("Steepest neighbour (D8)")))),
    ),
    outputs=(
        Output(id="sed_export", title=N_("Sediment that reaches a stream"), unit="t/(ha yr)", measure="total", direction=-1),
        Output(id="sed_deposition", title=N_("Sediment that settles on its way"), unit="t/(ha yr)", measure="total"),
        Output(id="usle", title=N_("Soil loss"), unit="t/(ha yr)", measure="total", direction=-1),
        Output(id="rkls", title=N_("Soil loss of bare soil"), unit="t/(ha yr)", measure="total"),
        Output(id="avoided_erosion", title=N_("Soil loss avoided by land cover"), unit="t/(ha yr)", measure="total", direction=1),
        Output(id="avoided_export", title=N_("Sediment kept from streams by land cover"), unit="t/(ha yr)", measure="total", direction=1),
        Output(id="stream", title=N_("Streams")),
        Output(id="stream_and_drainage", title=N_("Streams and drains")),
        Output(id="watershed_results", title=N_("Totals by watershed"), kind="table"),
        Output(id="filled_dem", title=N_("Elevation without pits"), unit="m", intermediate=True),
        Output(id="slope", title=N_("Slope"), unit="%", intermediate=True),
        Output(id="flow_direction", title=N_("Flow direction"), intermediate=True),
        Output(id="flow_accumulation", title=N_("Cells upslope"), intermediate=True),
        Output(id="s_bar", title=N_("Mean slope upslope"), intermediate=True),
        Output(id="d_dn", title=N_("Downslope component of connectivity"), intermediate=True),
        Output(id="ic", title=N_("Index of connectivity"), intermediate=True),
        Output(id="sdr_factor", title=N_("Delivery ratio"), intermediate=True),
        Output(id="what_drains_to_stream", title=N_("Land that drains to a stream"), intermediate=True),
    ),
    equations=(
        Equation(title=N_("Soil loss"), formula="usle = R · K · LS · C · P", source="Renard et al. 1997"),
        Equation(title=N_("Slope length and steepness"), formula="LS = S · ((a + c²)^(m+1) − a^(m+1)) / (c^(m+2) · x^m · 22.13^m), a = √((A − 1) · c²)", source="Desmet & Govers 1996"),
        Equation(title=N_("Index of connectivity"), formula="IC = log₁₀(D_up / D_dn), D_up = W̄ · S̄ · √(A · c²), D_dn = Σ 1 / (W · S)", source="Borselli et al. 2008"),
        Equation(title=N_("Delivery ratio"), formula="SDR = SDR_max / (1 + exp((IC₀ − IC) / k))", source="Vigiak et al. 2012"),
        Equation(title=N_("Sediment that reaches a stream"), formula="E = usle · SDR", source=""),
        Equation(title=N_("Sediment that settles on its way"), formula="T = (SDR_below − SDR) / (1 − SDR) · F_in", source=""),
    ),
    influences=(
        Influence(input="k_param", output="sed_export", percent=18.15),
        Influence(input="usle_c", output="sed_export", percent=13.43),
        Influence(input="usle_p", output="sed_export", percent=10.0),
        Influence(input="sdr_max", output="sed_export", percent=10.0),
        Influence(input="threshold_flow_accumulation", output="sed_export", percent=-2.31),
        Influence(input="ic_0_param", output="sed_export", percent=-2.18),
        Influence(input="usle_c", output="usle", percent=10.0),
    ),
    source="InVEST 3.20 Sediment Delivery Ratio; Renard et al. 1997, Desmet & Govers 1996, Borselli et al. 2008, Vigiak et al. 2012.",
)  # fmt: skip
