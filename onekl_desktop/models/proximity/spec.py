"""What the proximity model takes and gives."""

from onekl_desktop.base.specs import Codes, Equation, Flag, Integer, ModelSpec, Number, Output, RasterFile, VectorFile
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="proximity", invest_id="scenario_gen_proximity", title=N_("Proximity scenarios"), version=1, run="onekl_desktop.models.proximity.model:run", bytes_per_cell=25, check="onekl_desktop.models.proximity.model:check",
    aligned_on="base_lulc_path",
    about=N_(
        "A land-cover map in which a given area has changed, nearest to or farthest from the edge of chosen classes: "
        "for example forest cleared from its edges inwards. It is a what-if, not a forecast."),
    inputs=(
        RasterFile(id="base_lulc_path", title=N_("Land cover"), codes=True),
        Integer(id="replacement_lucode", title=N_("Becomes class")),
        Number(id="area_to_convert", title=N_("Area to convert"), unit="ha", minimum=0),
        Codes(id="focal_landcover_codes", of="base_lulc_path", title=N_("Classes whose edge counts")),
        Codes(id="convertible_landcover_codes", of="base_lulc_path", title=N_("Classes that may change")),
        Integer(id="n_fragmentation_steps", title=N_("Steps"), default=1, minimum=1, maximum=10000),
        VectorFile(id="aoi_path", cuts=True, title=N_("Area of interest"), required=False),
        Flag(id="convert_farthest_from_edge", title=N_("Farthest from the edge first")),
        Flag(id="convert_nearest_to_edge", title=N_("Nearest to the edge first")),
    ),
    outputs=(
        Output(id="nearest_to_edge", title=N_("Changed from the edge")),
        Output(id="farthest_from_edge", title=N_("Changed far from the edge")),
        Output(id="nearest_table", file="nearest_to_edge", title=N_("Cells changed from the edge, by class"), kind="table"),
        Output(id="farthest_table", file="farthest_from_edge", title=N_("Cells changed far from the edge, by class"), kind="table"),
    ),
    equations=(
        Equation(title=N_("Order of conversion"), formula="score = G(d), d = distance to the edge of focal land, G a Gaussian of one cell", source=""),
    ),
    source="InVEST 3.20 Scenario Generator: Proximity Based.",
)  # fmt: skip
