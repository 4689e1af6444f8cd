"""What the carbon model takes and gives."""

from onekl_desktop.base.specs import IndicatorSpec, ModelSpec, Output
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="carbon", title=N_("Carbon storage"), version=1,
    about=N_(
        "Adds up the carbon in four pools (above ground, below ground, soil, dead matter) for the class of each cell. "
        "The densities come from the legend; each names its source."),
    outputs=(
        Output(id="storage", title=N_("Carbon storage in the last year"), unit="t/ha"),
        Output(id="change", title=N_("Change of carbon storage"), unit="t/ha"),
    ),
    indicators=(
        IndicatorSpec(id="carbon_storage", title=N_("Carbon stored"), unit="t", direction=1,
                      about=N_("Tonnes of carbon in the four pools within the landscape.")),
        IndicatorSpec(id="carbon_gain", title=N_("Change since the map"), unit="t CO2e", direction=1,
                      about=N_("Carbon stored less that of the land-cover map's year, times 44/12.")),
    ),
    source="InVEST 3.20 carbon storage; 44/12 is the mass of carbon dioxide by carbon (IPCC 2006).",
)  # fmt: skip
