"""What the habitat quality model takes and gives."""

from onekl_desktop.base.specs import (
    Equation,
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
    id="habitat", invest_id="habitat_quality", title=N_("Habitat quality"), version=1, run="onekl_desktop.models.habitat.model:run", aligned_on="lulc_cur_path", cluster="blocks",
    about=N_(
        "How good a place is for living things, given its land cover and the threats around it, and how rare its land cover has become. "
        "It compares places and scenarios; it does not count species."),
    inputs=(
        RasterFile(id="lulc_cur_path", title=N_("Land cover now"), codes=True),
        RasterFile(id="lulc_fut_path", title=N_("Land cover in the future"), codes=True, required=False),
        RasterFile(id="lulc_bas_path", title=N_("Land cover of the baseline"), about=N_("For rarity."), codes=True, required=False),
        TableFile(id="threats_table_path", title=N_("Threats"), index="threat", text_index=True, columns=(
            TableColumn(id="max_dist", about=N_("How far the threat reaches, in metres."), unit="m", minimum=1e-9),
            TableColumn(id="weight", minimum=0),
            TableColumn(id="decay", kind="choice", options=("linear", "exponential")),
            TableColumn(id="cur_path", about=N_("Raster of the threat now."), kind="raster"),
            TableColumn(id="fut_path", kind="raster", required=False),
            TableColumn(id="base_path", kind="raster", required=False))),
        VectorFile(id="access_vector_path", title=N_("Access"), about=N_("Polygons with access 0 (closed) to 1 (open)."), columns=("access",), required=False),
        TableFile(id="sensitivity_table_path", title=N_("Habitat and sensitivity by class"), about=N_("One more column for each threat, named as the threat: its sensitivity, 0 to 1."), columns=(
            TableColumn(id="habitat", about=N_("Suitability, 0 to 1."), minimum=0, maximum=1),)),
        Number(id="half_saturation_constant", title=N_("Half-saturation constant"), default=0.05, minimum=1e-9, source="InVEST 3.20"),
    ),
    outputs=(
        Output(id="quality_c", title=N_("Habitat quality now"), measure="mean", direction=1),
        Output(id="quality_f", title=N_("Habitat quality in the future"), measure="mean", direction=1),
        Output(id="deg_sum_c", title=N_("Degradation now"), measure="mean", direction=-1),
        Output(id="deg_sum_f", title=N_("Degradation in the future"), measure="mean", direction=-1),
        Output(id="rarity_c", title=N_("Rarity now"), measure="mean"),
        Output(id="rarity_f", title=N_("Rarity in the future"), measure="mean"),
        Output(id="rarity_table_c", file="rarity_c", title=N_("Rarity by class, now"), kind="table"),
        Output(id="rarity_table_f", file="rarity_f", title=N_("Rarity by class, in the future"), kind="table"),
        Output(id="access_layer", title=N_("Access"), intermediate=True),
        Output(id="filtered", title=N_("Threats after distance, one raster each"), intermediate=True),
    ),
    equations=(
        Equation(title=N_("Degradation"), formula="D = Σ (w / Σw) · decay · access · S", source=""),
        Equation(title=N_("Decay of a threat"), formula="linear: 1 − d / d_max; exponential: exp(−2.99 · d / d_max)", source=""),
        Equation(title=N_("Habitat quality"), formula="Q = H · (1 − D^2.5 / (D^2.5 + k^2.5))", source=""),
        Equation(title=N_("Rarity"), formula="R = 1 − A / (A_baseline + A)", source=""),
    ),
    influences=(
        Influence(input="habitat", output="quality_c", percent=10.0),
        Influence(input="half_saturation_constant", output="quality_c", percent=1.24),
        Influence(input="max_dist", output="quality_c", percent=-1.08),
        Influence(input="max_dist", output="deg_sum_c", percent=7.58),
    ),
    source="InVEST 3.20 Habitat Quality; Terrado et al. 2016.",
)  # fmt: skip
