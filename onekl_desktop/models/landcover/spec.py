"""What the land-cover model takes and gives."""

from onekl_desktop.base.specs import Equation, IndicatorSpec, Integer, ModelSpec, Output, RasterFile, VectorFile, Year
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="landcover", title=N_("Land cover after the plan"), version=1,
    about=N_(
        "Turns the cells of each intervention into the class that its practice leads to, in the years of its schedule. "
        "A cell belongs to a shape when its centre lies inside. Where shapes overlap, the one that starts later decides. "
        "Everything outside the interventions keeps the class it has on the land-cover map, or changes as the scenario's projection says."),
    inputs=(
        Year(id="base_year", title=N_("Year of the land-cover map")),
        Year(id="horizon_year", title=N_("Last year"), about=N_("The year that scenarios are compared at.")),
        Integer(id="step_years", title=N_("Years between results"), minimum=1, maximum=50, default=5, unit="year"),
    ),
    outputs=(Output(id="land_cover", title=N_("Land cover in the last year")),),
    indicators=(
        IndicatorSpec(id="class_area", title=N_("Area by class"), unit="ha", by_class=True,
                      about=N_("Cells of each land-cover class times the area of a cell.")),
        IndicatorSpec(id="natural_forest", title=N_("Natural forest"), unit="ha", direction=1,
                      about=N_("Area of the classes that the legend marks as natural forest.")),
        IndicatorSpec(id="intervention_area", title=N_("Area under interventions"), unit="ha",
                      about=N_("True (ellipsoidal) area of the shapes whose scheduled year has come.")),
    ),
    source="Cell-centre rule as in GDAL rasterisation; geodesic areas after Karney (2013).",
)  # fmt: skip

CHANGE = ModelSpec(
    id="landcover_change", title=N_("Land-cover change"), version=1, run="onekl_desktop.models.landcover.change:run", bytes_per_cell=30, aligned_on="lulc_bas_path",
    about=N_(
        "How much of each class there is on one or two maps, what became what, and how broken up each class is. "
        "Part of a change between two maps may be error in either: compare maps of one legend and one method."),
    inputs=(
        RasterFile(id="lulc_bas_path", title=N_("Land cover"), codes=True, minimum=0),
        RasterFile(id="lulc_alt_path", title=N_("Land cover later"), codes=True, minimum=0, required=False),
        VectorFile(id="zones_path", title=N_("Zones"), about=N_("Polygons for which areas are told, too."), required=False),
    ),
    outputs=(
        Output(id="change", title=N_("What became what: 0 where nothing changed, else the code before and after")),
        Output(id="class_areas", title=N_("Area of each class"), kind="table"),
        Output(id="transitions", title=N_("Transitions between classes"), kind="table"),
        Output(id="patches", title=N_("Patches and edges of each class"), kind="table"),
    ),
    equations=(
        Equation(title=N_("Share of the largest patch"), formula="LPI = largest patch / land · 100", source="McGarigal et al. 2012"),
        Equation(title=N_("Edge density"), formula="ED = edge / land", source="McGarigal et al. 2012"),
    ),
    source="McGarigal, Cushman & Ene 2012 (FRAGSTATS): patches by 8 neighbours.",
)  # fmt: skip
