"""What the layers tool offers."""

from onekl_desktop.base.specs import (
    Choice,
    Code,
    Colour,
    FilePath,
    Flag,
    Integer,
    JsonValue,
    Number,
    Operation,
    Option,
    PageSpec,
    Reference,
    Shape,
    Text,
    Tool,
    Verb,
    Year,
)
from onekl_desktop.base.translate import N_
from onekl_desktop.tools.layers.spec_editing import EDITING, LAYER
from onekl_desktop.tools.layers.spec_geoprocessing import GEOPROCESSING
from onekl_desktop.tools.layers.spec_printing import PRINTING
from onekl_desktop.tools.layers.spec_styling import STYLING

ROLES = (
    Option(id="land_cover", title=N_("Land-cover map")),
    Option(id="zones", title=N_("Zones that results are told by (villages, districts)")),
    Option(id="elevation", title=N_("Elevation or another measure")),
    Option(id="protected", title=N_("Protected area")),
    Option(id="customary", title=N_("Customary land")),
    Option(id="roads", title=N_("Roads")),
    Option(id="rivers", title=N_("Rivers")),
    Option(id="other", title=N_("Something else")),
)
SHAPES = (
    Option(id="points", title=N_("Points")),
    Option(id="lines", title=N_("Lines")),
    Option(id="areas", title=N_("Areas")),
)
POOL = N_("Tonnes of carbon in a hectare of this class; empty when unknown.")

TOOL = Tool(
    id="layers", title=N_("Layers"), icon="layers", order=10, element="understanding",
    about=N_("Bring in maps, choose how they look, and say which one is the land cover."),
    operations=(
        Operation(
            id="import_layer", title=N_("Import a layer"), long=True, does=N_("Imported {name}"),
            about=N_("Reads maps, tables with coordinates and archives of them, moves them to the project's coordinates and keeps where they came from."),
            inputs=(
                FilePath(id="file", title=N_("File"), suffixes=(".gpkg", ".geojson", ".shp", ".zip", ".kml", ".kmz", ".gpx", ".csv", ".xlsx", ".tif", ".asc", ".img", ".nc")),
                Choice(id="role", title=N_("What it is"), options=ROLES, default="other", required=False),
                Text(id="name", title=N_("Name"), required=False, max_length=120, about=N_("Empty: the file's name.")),
                Text(id="source_layer", title=N_("Layer in the file"), required=False, about=N_("Layer, sheet or file of an archive; needed only when there are several.")),
                Choice(id="shapes", title=N_("Shapes to take"), options=SHAPES, required=False, about=N_("From a file with several kinds; empty: the commonest.")),
                Text(id="source_crs", title=N_("Coordinate system of the file"), required=False,
                     about=N_("Needed only when the file does not name it, for example EPSG:4326.")),
                Text(id="encoding", title=N_("Encoding of the texts"), required=False, max_length=40, about=N_("Needed only when names look wrong, for example gbk or cp1252.")),
                Text(id="x_column", title=N_("Column of longitude or easting"), required=False, about=N_("For tables; needed only when it is not found by itself.")),
                Text(id="y_column", title=N_("Column of latitude or northing"), required=False, about=N_("For tables; needed only when it is not found by itself.")),
                Integer(id="band", title=N_("Band"), required=False, default=0, minimum=0, about=N_("For rasters with several bands.")),
                Year(id="year", title=N_("Year of the data"), required=False),
                FilePath(id="classes", title=N_("Table of classes"), required=False, suffixes=(".csv", ".xlsx"),
                         about=N_("Codes and names; colours and carbon pools too when it has them.")),
                Reference(id="match_legend", title=N_("Use the legend of"), of="layer", required=False, about=N_("Gives the classes the codes that an earlier map has for the same names.")),
                Text(id="crosswalk", title=N_("Crosswalk"), required=False, about=N_("Pairs of the file's code and the legend's code for classes with other names: 1:11, 2:12.")),
                Text(id="licence", title=N_("Licence"), required=False, about=N_("Under which terms the data may be used.")),
                FilePath(id="rest", title=N_("Write rows that are left out to"), required=False, suffixes=(".csv",), save=True, about=N_("A table of them with the reason, to mend and import again.")),
            )),
        Operation(
            id="change_layer", title=N_("Change a layer"), does=N_("Changed the layer {name}"),
            about=N_("Name, year, licence and how it is drawn over the others."),
            inputs=(
                LAYER,
                Text(id="name", title=N_("Name"), required=False, max_length=120),
                Flag(id="visible", title=N_("Shown"), default=None),
                Number(id="opacity", title=N_("Opacity"), unit="fraction", minimum=0, maximum=1, required=False),
                Year(id="year", title=N_("Year of the data"), required=False),
                Text(id="licence", title=N_("Licence"), required=False),
                Text(id="name_column", title=N_("Column of names"), required=False,
                     about=N_("The attribute that labels the map and names the zones.")),
            )),
        Operation(
            id="move_layer", title=N_("Move a layer"), does=N_("Moved the layer {name}"), about=N_("Up or down in the drawing order."),
            inputs=(LAYER, Integer(id="steps", title=N_("Steps up (negative: down)"), minimum=-1000, maximum=1000))),
        *STYLING,
        *PRINTING,
        Operation(
            id="add_bookmark", title=N_("Keep this place"), does=N_("Kept the place {name}"), about=N_("A part of the map under a name, to come back to."),
            inputs=(Text(id="name", title=N_("Name"), max_length=120), JsonValue(id="box", title=N_("Box"), about=N_("Left, bottom, right and top in metres of the map.")))),
        Operation(
            id="remove_bookmark", title=N_("Forget a place"), does=N_("Forgot the place {name}"), about=N_("Removes a bookmark; the map stays as it is."),
            inputs=(Reference(id="bookmark", title=N_("Bookmark"), of="bookmark"),)),
        Operation(
            id="change_class", title=N_("Change a land-cover class"), does=N_("Changed the class {name}"),
            about=N_("Name, colour and carbon densities of a class of the legend."),
            inputs=(
                LAYER,
                Code(id="code", title=N_("Code")),
                Text(id="name", title=N_("Name"), required=False, max_length=120),
                Colour(id="colour", title=N_("Colour"), required=False),
                Flag(id="natural_forest", title=N_("Natural forest"), default=None),
                Number(id="above", title=N_("Carbon above ground"), unit="t/ha", minimum=0, maximum=2000, required=False, about=POOL),
                Number(id="below", title=N_("Carbon below ground"), unit="t/ha", minimum=0, maximum=2000, required=False, about=POOL),
                Number(id="soil", title=N_("Carbon in the soil"), unit="t/ha", minimum=0, maximum=5000, required=False, about=POOL),
                Number(id="dead", title=N_("Carbon in dead matter"), unit="t/ha", minimum=0, maximum=2000, required=False, about=POOL),
                Text(id="source", title=N_("Source of the carbon values"), required=False),
                Number(id="spread", title=N_("May be off by"), unit="fraction", minimum=0, maximum=0.99, required=False, decimals=2,
                       about=N_("How far the carbon values may be off either way; results get a band.")),
            )),
        Operation(
            id="set_land_cover", title=N_("Use as the land cover"), does=N_("{name} is now the land cover"),
            about=N_("The map that scenarios start from. It needs a year."),
            inputs=(LAYER, Year(id="year", title=N_("Year of the data"), required=False))),
        Operation(
            id="set_zones", title=N_("Tell results by these zones"), does=N_("Results are told by {name}"),
            about=N_("Villages or districts for the tables; empty for none."),
            inputs=(Reference(id="layer", title=N_("Layer"), of="layer", required=False),
                    Text(id="name_column", title=N_("Column of names"), required=False))),
        Operation(
            id="remove_layer", title=N_("Remove a layer"), does=N_("Removed the layer {name}"),
            about=N_("Takes the layer out of the project; undo brings it back until the project is closed."), inputs=(LAYER,)),
        Operation(
            id="change_landscape", title=N_("Describe the landscape"), does=N_("Described the landscape"),
            about=N_("Name, story and the conventions that all numbers share."),
            inputs=(
                Text(id="name", title=N_("Name"), required=False, max_length=128),
                Text(id="description", title=N_("Description"), required=False, long=True, max_length=8000),
                Text(id="country", title=N_("Country"), required=False, max_length=80),
                Text(id="currency", title=N_("Currency"), required=False, max_length=3, about=N_("Three letters, for example USD or IDR.")),
                Year(id="price_year", title=N_("Price year"), required=False, about=N_("The year whose prices all amounts are in.")),
                Number(id="discount_rate", title=N_("Discount rate"), unit="fraction", minimum=0, maximum=1, required=False),
                Year(id="horizon_year", title=N_("Last year"), required=False, about=N_("The year that scenarios are compared at.")),
                Flag(id="synthetic", title=N_("Invented landscape"), default=None, about=N_("Says so wherever it appears.")),
            )),
        Operation(
            id="redraw_boundary", title=N_("Change the boundary"), does=N_("Changed the boundary"),
            about=N_("A new shape for the landscape; interventions stay as they are and are checked against it."),
            inputs=(Shape(id="geometry", title=N_("Boundary")),)),
        Operation(
            id="change_setting", title=N_("Change a project setting"), does=N_("Changed the setting {setting}"),
            about=N_("Settings that travel with the project file."),
            inputs=(Text(id="setting", title=N_("Setting")), Text(id="value", title=N_("Value"), required=False))),
        *EDITING,
        *GEOPROCESSING,
    ),
    verbs=(Verb(words="import", operation="import_layer"),),
    pages=(PageSpec(id="claims", title=N_("Claims on the land"), build="pages:planning_units",
                    about=N_("Planning units: who claims what, where claims lie over each other, and what is settled.")),),
    panel="panel:LayersPanel",
    starts=("import_layer",),
)  # fmt: skip
