"""What the layers tool declares about how layers are drawn."""

from onekl_desktop.base.specs import Choice, Colour, FilePath, Flag, Integer, JsonValue, Number, Operation, Option, Text
from onekl_desktop.base.translate import N_
from onekl_desktop.tools.layers.spec_editing import LAYER

METHODS = (
    Option(id="quantile", title=N_("As many shapes in each")),
    Option(id="equal", title=N_("Of one width")),
    Option(id="natural", title=N_("Natural breaks")),
)
RAMPS = (
    Option(id="magnitude", title=N_("Little to much")),
    Option(id="change", title=N_("Loss to gain")),
    Option(id="elevation", title=N_("Lowland to peaks")),
)
PATTERNS = (
    Option(id="none", title=N_("None")),
    Option(id="forward", title=N_("Lines rising to the right")),
    Option(id="backward", title=N_("Lines rising to the left")),
    Option(id="crossed", title=N_("Crossed lines")),
    Option(id="horizontal", title=N_("Level lines")),
    Option(id="vertical", title=N_("Upright lines")),
    Option(id="dots", title=N_("Dots")),
)
MARKERS = (
    Option(id="circle", title=N_("Circle")),
    Option(id="square", title=N_("Square")),
    Option(id="diamond", title=N_("Diamond")),
    Option(id="triangle", title=N_("Triangle")),
)
BLENDS = (
    Option(id="normal", title=N_("Covers it")),
    Option(id="multiply", title=N_("Darkens it, as two slides do")),
    Option(id="screen", title=N_("Lightens it, as two lamps do")),
    Option(id="darken", title=N_("The darker of both")),
    Option(id="lighten", title=N_("The lighter of both")),
)

STYLING = (
    Operation(
        id="style_plain", title=N_("One colour for all"), does=N_("Styled the layer {name}"),
        about=N_("Draws all shapes of a vector layer the same way."),
        inputs=(
            LAYER,
            Colour(id="fill", title=N_("Colour"), default="#8fb37a", required=False),
            Colour(id="outline", title=N_("Outline"), default="#3a4a44", required=False),
            Number(id="width", title=N_("Width of lines"), unit="mm", minimum=0, maximum=5, default=0.3, required=False),
            Flag(id="filled", title=N_("Filled"), default=True),
            Text(id="label_column", title=N_("Label with"), required=False),
        )),
    Operation(
        id="style_by_class", title=N_("A colour for each value"), does=N_("Styled the layer {name} by {column}"),
        about=N_("Draws a vector layer by the values of one attribute; the commonest thirty values get a colour of their own."),
        inputs=(LAYER, Text(id="column", title=N_("Attribute")),
                JsonValue(id="colours", title=N_("Colours"), required=False, about=N_("Value to colour, for values that should have a certain one.")))),
    Operation(
        id="style_by_range", title=N_("Colours for ranges"), does=N_("Styled the layer {name} by ranges of {column}"),
        about=N_("Draws a vector layer by the ranges of a number, in colours along a ramp."),
        inputs=(LAYER, Text(id="column", title=N_("Attribute")),
                Integer(id="classes", title=N_("Number of ranges"), default=5, minimum=1, maximum=30, required=False),
                Choice(id="method", title=N_("Ranges"), options=METHODS, default="quantile", required=False),
                Choice(id="ramp", title=N_("Ramp"), options=RAMPS, default="magnitude", required=False))),
    Operation(
        id="change_style", title=N_("Change how a layer is drawn"), does=N_("Styled the layer {name}"),
        about=N_("Patterns, markers, dashes, labels, blending, the scales between which it shows, and the ramp of a raster; the rest stays."),
        inputs=(
            LAYER,
            Choice(id="pattern", title=N_("Pattern"), options=PATTERNS, required=False, about=N_("Tells areas apart without colour.")),
            Choice(id="marker", title=N_("Marker"), options=MARKERS, required=False),
            Number(id="size", title=N_("Size of markers"), unit="mm", minimum=0.1, maximum=50, required=False),
            Text(id="dashes", title=N_("Dashes and gaps"), required=False, max_length=60, about=N_("Pairs of millimetres, for example 2 1; 0 for a whole line.")),
            Text(id="label_column", title=N_("Label with"), required=False, about=N_("The attribute that names the shapes; - for none.")),
            Number(id="label_size", title=N_("Size of labels"), unit="pt", minimum=4, maximum=72, required=False),
            Colour(id="label_colour", title=N_("Colour of labels"), required=False),
            Choice(id="blend", title=N_("Mix with what is below"), options=BLENDS, required=False),
            Number(id="near_scale", title=N_("Nearest scale, 1 :"), minimum=0, maximum=1e9, required=False, about=N_("Closer than this the layer is hidden; 0 for no limit.")),
            Number(id="far_scale", title=N_("Farthest scale, 1 :"), minimum=0, maximum=1e9, required=False, about=N_("Farther than this the layer is hidden; 0 for no limit.")),
            Choice(id="ramp", title=N_("Ramp"), options=RAMPS, required=False),
            Number(id="low", title=N_("Lowest value of the ramp"), required=False),
            Number(id="high", title=N_("Highest value of the ramp"), required=False),
            Flag(id="shaded", title=N_("As hills in the light"), default=None, about=N_("Draws a raster of heights as a relief lit from the north-west.")),
        )),
    Operation(
        id="style_by_rule", title=N_("Colours by rules"), does=N_("Styled the layer {name} by rules"),
        about=N_("Draws each shape by the last rule that holds for it. A rule is an expression over the attributes; ELSE is for what no other rule holds for."),
        inputs=(LAYER, JsonValue(id="rules", title=N_("Rules"), about=N_("A list of rule, label, colour and pattern.")))),
    Operation(
        id="style_as_heat", title=N_("Points as heat"), does=N_("Styled the layer {name} as heat"),
        about=N_("Shows where points lie close together, each spread over a radius."),
        inputs=(
            LAYER,
            Text(id="weight", title=N_("Weight of a point"), required=False, about=N_("A column of numbers; empty: each counts one.")),
            Number(id="radius", title=N_("Radius"), unit="mm", minimum=0.5, maximum=100, default=5, required=False),
            Choice(id="ramp", title=N_("Ramp"), options=RAMPS, default="magnitude", required=False),
            Number(id="high", title=N_("Full colour from"), required=False, minimum=0, about=N_("Empty: the hottest place of the layer.")),
        )),
    Operation(
        id="read_style", title=N_("Take a QGIS style"), does=N_("Styled the layer {name} as in QGIS"),
        about=N_("Draws the layer as a style file of QGIS says; what has no counterpart here is named."),
        inputs=(LAYER, FilePath(id="file", title=N_("Style file"), suffixes=(".qml",)))),
)  # fmt: skip
