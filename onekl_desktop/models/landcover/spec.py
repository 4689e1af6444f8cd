"""What the land-cover model takes and gives."""

from onekl_desktop.base.specs import IndicatorSpec, Integer, ModelSpec, Output, Year
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="landcover", title=N_("Land cover after the plan"), version=1,
    about=N_(
        "Turns the cells of each intervention into the class that its practice leads to, in the years of its schedule. "
        "A cell belongs to a shape when its centre lies inside. Where shapes overlap, the one that starts later decides. "
        "Everything outside the interventions keeps the class it has on the land-cover map."),
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
