"""What the hydrology model takes and gives."""

from onekl_desktop.base.specs import (
    Choice,
    Equation,
    Integer,
    ModelSpec,
    Number,
    Option,
    Output,
    RasterFile,
    VectorFile,
)
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="hydrology", title=N_("Streams and watersheds"), version=1, run="onekl_desktop.models.hydrology.model:run", bytes_per_cell=60, aligned_on="dem_path",
    about=N_(
        "Where water flows over the land, where it gathers into streams, and what area drains to a place. "
        "It follows the heights alone: no bridges, pipes or dams."),
    inputs=(
        RasterFile(id="dem_path", title=N_("Elevation"), unit="m", maximum=9000),
        VectorFile(id="outlets_path", title=N_("Outlets"), about=N_("Points whose watersheds are wanted."), shapes="point", required=False),
        Number(id="threshold_flow_accumulation", title=N_("Cells that make a stream"), default=1000, minimum=1, decimals=0),
        Integer(id="snap_distance", title=N_("Move outlets to a stream within"), about=N_("In cells; 0 leaves them where they are."), unit="cells", default=0, minimum=0, maximum=10000),
        Choice(id="flow_dir_algorithm", title=N_("Flow directions"), about=N_("MFD spreads water over all lower neighbours, D8 sends it to the steepest."), required=False, default="D8",
               options=(Option(id="MFD", title=N_("Multiple flow directions")), Option(id="D8", title=N_("Steepest neighbour (D8)")))),
    ),
    outputs=(
        Output(id="stream", title=N_("Streams")),
        Output(id="watersheds", title=N_("Watersheds")),
        Output(id="watersheds_table", file="watersheds", title=N_("Watersheds and their areas"), kind="table"),
        Output(id="flow_accumulation", title=N_("Cells upslope")),
        Output(id="flow_direction", title=N_("Flow direction")),
        Output(id="filled_dem", title=N_("Elevation without pits"), unit="m", intermediate=True),
        Output(id="slope", title=N_("Slope"), unit="%", intermediate=True),
    ),
    equations=(
        Equation(title=N_("Multiple flow directions"), formula="share_k = s_k / Σ s, s_k = (z − z_k) / length, over lower neighbours", source="Quinn et al. 1991"),
        Equation(title=N_("Cells upslope"), formula="A = 1 + Σ A_j · share_j", source="O'Callaghan & Mark 1984"),
    ),
    source="Barnes, Lehman & Mulla 2014 (priority flood); O'Callaghan & Mark 1984 (D8); Quinn et al. 1991 (multiple directions).",
)  # fmt: skip
