"""What the layers tool declares about making layers out of others."""

from onekl_desktop.base.specs import Choice, FilePath, Flag, Number, Operation, Option, Reference, RowNumbers, Text
from onekl_desktop.base.translate import N_
from onekl_desktop.tools.layers.spec_editing import LAYER

NAME = Text(
    id="name",
    title=N_("Name of the new layer"),
    required=False,
    max_length=120,
    about=N_("Empty: named after what it is made of."),
)
OTHER = Reference(id="other", title=N_("Other layer"), of="layer")
HOW = (
    Option(id="meets", title=N_("that it meets")),
    Option(id="within", title=N_("that it lies within")),
    Option(id="nearest", title=N_("that is nearest")),
)

GEOPROCESSING = (
    Operation(
        id="clip_layer", title=N_("Clip"), long=True, does=N_("Made the layer {name}"), about=N_("What lies within the areas of another layer, or within the landscape."),
        inputs=(LAYER, Reference(id="by", title=N_("Within"), of="layer", required=False, about=N_("Empty: the landscape.")), NAME)),
    Operation(
        id="intersect_layers", title=N_("Intersect"), long=True, does=N_("Made the layer {name}"),
        about=N_("Each piece that both layers have, with the attributes of both."), inputs=(LAYER, OTHER, NAME)),
    Operation(
        id="unite_layers", title=N_("Unite"), long=True, does=N_("Made the layer {name}"),
        about=N_("All pieces of two layers of areas: where both are, where only the one is, where only the other is."), inputs=(LAYER, OTHER, NAME)),
    Operation(
        id="subtract_layer", title=N_("Subtract"), long=True, does=N_("Made the layer {name}"), about=N_("What lies outside the areas of another layer."),
        inputs=(LAYER, OTHER, NAME)),
    Operation(
        id="dissolve_layer", title=N_("Dissolve"), long=True, does=N_("Made the layer {name}"),
        about=N_("One shape for each value of a column, with the number of shapes and the sums of numbers."),
        inputs=(LAYER, Text(id="column", title=N_("Column"), required=False, max_length=60, about=N_("Empty: all in one.")), NAME)),
    Operation(
        id="buffer_layer", title=N_("Buffer"), long=True, does=N_("Made the layer {name}"), about=N_("The areas within a distance of shapes; below 0 areas shrink."),
        inputs=(LAYER, Number(id="distance", title=N_("Distance"), unit="m", minimum=-1e6, maximum=1e6),
                Flag(id="together", title=N_("Joined where they touch"), default=False), NAME)),
    Operation(
        id="join_table", title=N_("Join a table"), long=True, does=N_("Made the layer {name}"), about=N_("The layer with the columns of a table beside, by the same value in a column of both."),
        inputs=(LAYER, Text(id="column", title=N_("Column of the layer"), max_length=60), FilePath(id="file", title=N_("Table"), suffixes=(".csv", ".tsv", ".xlsx", ".ods", ".dbf")),
                Text(id="table_column", title=N_("Column of the table"), max_length=120), NAME)),
    Operation(
        id="join_layer", title=N_("Join by place"), long=True, does=N_("Made the layer {name}"),
        about=N_("The layer with the attributes of a shape of another layer at the same place."),
        inputs=(LAYER, OTHER, Choice(id="how", title=N_("The shape"), options=HOW, default="meets", required=False), NAME)),
    Operation(
        id="zonal_statistics", title=N_("Statistics of zones"), long=True, does=N_("Made the layer {name}"),
        about=N_("The zones with what a raster holds in each: hectares of classes, or cells, mean, sum, least, greatest and standard deviation."),
        inputs=(LAYER, Reference(id="raster", title=N_("Raster"), of="layer"), Text(id="prefix", title=N_("Before the names of columns"), required=False, max_length=30), NAME)),
    Operation(
        id="make_planning_units", title=N_("Planning units from claims"), long=True, does=N_("Made {count} planning units, {contested} of them claimed more than once"),
        about=N_("Lays permits, reserves and customary land over each other. Each piece knows every claim on it; where there are several the order of the layers holds until the claimants settle it."),
        inputs=(
            Text(id="layers", title=N_("Layers of claims"), max_length=2000, about=N_("Separated by semicolons, the one that holds where several claim first.")),
            Number(id="least_ha", title=N_("Pieces of at least"), unit="ha", minimum=0, maximum=1e6, required=False, decimals=2, about=N_("Smaller ones go to a neighbour; empty: 0.5.")),
            Flag(id="zones", title=N_("Tell results by these units"), default=True), NAME,
        )),
    Operation(
        id="settle_claims", title=N_("Settle claims"), does=N_("Settled {count} pieces of {name}: {unit}"),
        about=N_("Writes down who holds contested pieces, as the claimants agreed."),
        inputs=(LAYER, RowNumbers(id="shapes", title=N_("Pieces"), about=N_("The numbers that the table of the layer shows.")), Text(id="unit", title=N_("Held by"), max_length=200),
                Text(id="note", title=N_("Note"), required=False, long=True, about=N_("For example who agreed, and when.")))),
)  # fmt: skip
