"""What the layers tool declares about drawing in layers and their attributes."""

from onekl_desktop.base.specs import (
    Choice,
    FilePath,
    Flag,
    JsonValue,
    Number,
    Operation,
    Option,
    Reference,
    RowNumbers,
    Shape,
    Text,
)
from onekl_desktop.base.translate import N_

LAYER = Reference(id="layer", title=N_("Layer"), of="layer")
CHOSEN = RowNumbers(id="shapes", title=N_("Shapes"), about=N_("The numbers that the table of the layer shows."))
SOME = RowNumbers(id="shapes", title=N_("Shapes"), required=False, default=(), about=N_("Empty: all that it meets."))
LINE = Shape(id="line", title=N_("Line"), of="line")
DRAWN = (
    Option(id="areas", title=N_("Areas")),
    Option(id="lines", title=N_("Lines")),
    Option(id="points", title=N_("Points")),
)
WALKED = (
    Option(id="track", title=N_("The line that was walked")),
    Option(id="area", title=N_("The area that was walked round")),
    Option(id="point", title=N_("The average place")),
)
KINDS = (
    Option(id="text", title=N_("Text")),
    Option(id="number", title=N_("Number")),
    Option(id="whole", title=N_("Whole number")),
)
ROLE = (
    Option(id="zones", title=N_("Zones that results are told by (villages, districts)")),
    Option(id="protected", title=N_("Protected area")),
    Option(id="customary", title=N_("Customary land")),
    Option(id="roads", title=N_("Roads")),
    Option(id="rivers", title=N_("Rivers")),
    Option(id="other", title=N_("Something else")),
)

EDITING = (
    Operation(
        id="add_layer", title=N_("New layer to draw in"), does=N_("Added the layer {name}"),
        about=N_("An empty layer of points, lines or areas with columns of its own."),
        inputs=(
            Text(id="name", title=N_("Name"), max_length=120),
            Choice(id="shapes", title=N_("What it holds"), options=DRAWN, default="areas", required=False),
            Text(id="columns", title=N_("Columns"), required=False, max_length=2000, default="name", about=N_("Separated by commas; numbers as trees: whole, yield: number.")),
            Choice(id="role", title=N_("What it is"), options=ROLE, default="other", required=False),
        )),
    Operation(
        id="add_shape", title=N_("Draw a shape"), does=N_("Drew a shape in {name}"), about=N_("A new point, line or area with its attributes."),
        inputs=(
            LAYER, Shape(id="geometry", title=N_("Shape"), of="any"),
            JsonValue(id="values", title=N_("Attributes"), required=False, about=N_("Column and value for each.")),
            Flag(id="avoid_overlap", title=N_("Leave out what others cover"), default=False),
        )),
    Operation(
        id="add_gps", title=N_("Take from a GPS receiver"), does=N_("Took {count} positions of a GPS receiver into {name}"),
        about=N_("A line or an area that was walked, or the average place of a receiver that stood still, from a file of NMEA sentences."),
        inputs=(
            LAYER, FilePath(id="file", title=N_("File"), suffixes=(".nmea", ".txt", ".log")), Choice(id="how", title=N_("As"), options=WALKED, default="track", required=False),
            JsonValue(id="values", title=N_("Attributes"), required=False, about=N_("Column and value for each.")),
        )),
    Operation(
        id="change_shapes", title=N_("Move corners"), does=N_("Changed {count} shapes of {name}"), hidden=True,
        about=N_("New shapes for rows of a layer; neighbours get the corners that lie on their borders."),
        inputs=(LAYER, JsonValue(id="shapes", title=N_("Shapes"), about=N_("Number and shape for each.")))),
    Operation(
        id="change_values", title=N_("Change attributes"), does=N_("Changed attributes of {count} shapes of {name}"),
        about=N_("The same values for all chosen shapes."),
        inputs=(LAYER, CHOSEN, JsonValue(id="values", title=N_("Attributes"), about=N_("Column and value for each.")))),
    Operation(
        id="remove_shapes", title=N_("Remove shapes"), does=N_("Removed {count} shapes of {name}"), about=N_("Takes the chosen shapes out of their layer."),
        inputs=(LAYER, CHOSEN)),
    Operation(
        id="split_shapes", title=N_("Split"), does=N_("Split {count} shapes of {name}"),
        about=N_("Cuts shapes along a line. The largest piece keeps the row, all pieces keep the attributes."), inputs=(LAYER, LINE, SOME)),
    Operation(
        id="merge_shapes", title=N_("Merge"), does=N_("Merged {count} shapes of {name}"),
        about=N_("Joins the chosen shapes in the row of the largest, whose attributes stay."), inputs=(LAYER, CHOSEN)),
    Operation(
        id="reshape_shapes", title=N_("Lead a border along a line"), does=N_("Reshaped {count} shapes of {name}"),
        about=N_("The border of a shape takes the way that is drawn; neighbours give way or follow, so that no gap comes to be."),
        inputs=(LAYER, LINE, SOME, Flag(id="neighbours", title=N_("Neighbours follow"), default=True))),
    Operation(
        id="add_hole", title=N_("Cut a hole"), does=N_("Cut a hole in {name}"), about=N_("Takes a drawn area out of the shapes below it."),
        inputs=(LAYER, Shape(id="geometry", title=N_("Hole")), SOME)),
    Operation(
        id="fill_holes", title=N_("Fill holes"), does=N_("Filled holes of {count} shapes of {name}"), about=N_("Closes the holes of the chosen shapes."),
        inputs=(LAYER, CHOSEN)),
    Operation(
        id="offset_shapes", title=N_("Grow, shrink or move aside"), does=N_("Moved the borders of {count} shapes of {name}"),
        about=N_("Grows areas by a distance, shrinks them below 0; moves lines to their left, below 0 to their right."),
        inputs=(LAYER, CHOSEN, Number(id="distance", title=N_("Distance"), unit="m", minimum=-1e6, maximum=1e6))),
    Operation(
        id="cut_to_landscape", title=N_("Cut to the landscape"), does=N_("Cut {count} shapes of {name} to the landscape"),
        about=N_("Leaves out what lies outside the landscape; shapes wholly outside are removed."),
        inputs=(LAYER, RowNumbers(id="shapes", title=N_("Shapes"), required=False, default=(), about=N_("Empty: all.")))),
    Operation(
        id="add_column", title=N_("Add a column"), does=N_("Added the column {column} to {name}"), about=N_("A new, empty attribute of a layer."),
        inputs=(LAYER, Text(id="column", title=N_("Column"), max_length=60), Choice(id="kind", title=N_("It holds"), options=KINDS, default="text", required=False))),
    Operation(
        id="remove_column", title=N_("Remove a column"), does=N_("Removed the column {column} of {name}"), about=N_("Takes an attribute out of a layer."),
        inputs=(LAYER, Text(id="column", title=N_("Column"), max_length=60))),
    Operation(
        id="calculate", title=N_("Calculate a column"), does=N_("Calculated {column} of {name}"),
        about=N_("Fills a column with what an expression gives for each shape: \"yield\" * 2, $area / 10000, if(\"trees\" > 100, 'many', 'few'). A column that is not there is made."),
        inputs=(
            LAYER, Text(id="column", title=N_("Column"), max_length=60), Text(id="expression", title=N_("Expression"), long=True, max_length=10000),
            Text(id="where", title=N_("Only where"), required=False, max_length=10000, about=N_("A condition; empty: for all shapes.")),
            Choice(id="kind", title=N_("A new column holds"), options=KINDS, default="number", required=False),
        )),
)  # fmt: skip
