"""What the carbon model takes and gives."""

from onekl_desktop.base.specs import (
    Condition,
    Equation,
    Flag,
    IndicatorSpec,
    Influence,
    Integer,
    ModelSpec,
    Number,
    Output,
    RasterFile,
    TableColumn,
    TableFile,
)
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
        IndicatorSpec(id="carbon_gain", title=N_("Carbon change since the map"), unit="t CO2e", direction=1,
                      about=N_("Carbon stored less that of the land-cover map's year, times 44/12.")),
    ),
    source="InVEST 3.20 carbon storage; 44/12 is the mass of carbon dioxide by carbon (IPCC 2006).",
)  # fmt: skip

_POOLS = ("c_above", "c_below", "c_soil", "c_dead")
_CHANGE, _VALUE = Condition(field="calc_sequestration", values=(True,)), Condition(field="do_valuation", values=(True,))

MAPS = ModelSpec(
    id="carbon_maps", invest_id="carbon", title=N_("Carbon storage of maps"), version=1, run="onekl_desktop.models.carbon.model:run", check="onekl_desktop.models.carbon.model:check",
    aligned_on="lulc_bas_path", reads_once=True, cluster="blocks",
    about=N_(
        "Carbon in four pools for one or two land-cover maps, the change between them and what it is worth. "
        "Each class has one density: growth within a class is not seen."),
    inputs=(
        RasterFile(id="lulc_bas_path", title=N_("Land cover"), codes=True),
        Flag(id="calc_sequestration", title=N_("Change between two maps")),
        RasterFile(id="lulc_alt_path", title=N_("Land cover later"), codes=True, when=_CHANGE),
        TableFile(id="carbon_pools_path", title=N_("Carbon pools by class"), columns=(
            *(TableColumn(id=pool, unit="t/ha", minimum=0) for pool in _POOLS),
            *(TableColumn(id=f"{pool}_{end}", about=N_("For the range of the totals."), unit="t/ha", minimum=0, required=False)
              for pool in _POOLS for end in ("low", "high")))),
        Integer(id="draws", title=N_("Random draws"), about=N_("Of densities between low and high, for the percentiles of the totals; the same draws each time."), required=False, default=1000, minimum=0, maximum=1_000_000),
        Flag(id="do_valuation", title=N_("Value of the change")),
        Integer(id="lulc_bas_year", title=N_("Year of the land cover"), when=_VALUE),
        Integer(id="lulc_alt_year", title=N_("Year of the later land cover"), when=_VALUE),
        Number(id="price_per_metric_ton_of_c", title=N_("Price of a tonne of carbon"), when=_VALUE),
        Number(id="discount_rate", title=N_("Discount rate"), about=N_("In percent a year in a parameter set."), unit="%", minimum=-99.9, when=_VALUE),
        Number(id="rate_change", title=N_("Yearly change of the price"), about=N_("In percent a year in a parameter set."), unit="%", minimum=-99.9, when=_VALUE),
    ),
    outputs=(
        Output(id="c_storage_bas", title=N_("Carbon stored"), unit="t/ha", measure="total", direction=1),
        Output(id="c_storage_alt", title=N_("Carbon stored later"), unit="t/ha", measure="total", direction=1),
        Output(id="c_change_bas_alt", title=N_("Change of carbon stored"), unit="t/ha", measure="total", direction=1),
        Output(id="npv_alt", title=N_("Present value of the change"), unit="/ha", measure="total", direction=1),
        Output(id="raster_values_summary", title=N_("Totals"), kind="table"),
        Output(id="uncertainty", title=N_("Totals with their range"), kind="table"),
    ),
    equations=(
        Equation(title=N_("Storage"), formula="C = C_above + C_below + C_soil + C_dead", source=""),
        Equation(title=N_("Change of storage"), formula="ΔC = C_later − C_now", source=""),
        Equation(title=N_("Present value"), formula="NPV = ΔC · p / n · (1 − rⁿ) / (1 − r), r = 1 / ((1 + d) · (1 + c))", source=""),
    ),
    influences=(
        Influence(input="c_above", output="c_storage_bas", percent=3.15),
        Influence(input="c_below", output="c_storage_bas", percent=0.93),
        Influence(input="c_soil", output="c_storage_bas", percent=5.56),
        Influence(input="c_dead", output="c_storage_bas", percent=0.36),
    ),
    source="InVEST 3.20 Carbon Storage and Sequestration.",
)  # fmt: skip
