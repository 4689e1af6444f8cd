"""What `onekl landcover project` is asked: read strictly, every problem at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.translate import _
from onekl_desktop.exchange.invest.parameters import read_document

Year = Annotated[int, Field(ge=1000, le=3000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Driver(_Strict):
    """A map that explains where land changes, or places from which the distance is taken."""

    file: Annotated[str, Field(description="Raster, or vector file for a distance; FILE#layer names a layer.")]
    name: Annotated[str, Field(description="What reports call it; the file's name when left out.")] = ""
    measure: Annotated[Literal["value", "distance", "slope", "log"], Field(description="The value of the raster, the distance to shapes or to cells that are not 0, the slope of heights in percent, or ln(1 + value).")] = "value"  # fmt: skip


class Yearly(_Strict):
    """Hectares that change from one class to another in each year."""

    from_class: int
    to_class: int
    hectares: Annotated[float, Field(ge=0)]


class ClassAreas(_Strict):
    """Cells or hectares that each class is to have in a year."""

    year: Year
    areas: dict[str, Annotated[float, Field(ge=0)]]


class Demand(_Strict):
    """How much changes: `markov` and `trend` continue the past, `stated` gives hectares a year, `areas` what classes reach."""

    rule: Literal["markov", "trend", "stated", "areas"] = "markov"
    yearly: list[Yearly] = []
    areas: list[ClassAreas] = []
    unit: Annotated[Literal["cells", "ha"], Field(description="Of `areas`.")] = "ha"


class Mask(_Strict):
    """Land with a rule of its own: cells that are not 0 of a raster, or polygons."""

    file: str


class Bar(Mask):
    """Land that may not become a class (`never`), or the only land that may (`only`)."""

    to_class: int


class Forced(Mask):
    """An intervention: land that becomes a class in a year and stays so."""

    to_class: int
    year: Year


class Arguments(_Strict):
    """A projection of land cover."""

    from_map: Annotated[str, Field(description="The earlier land-cover map; left out, places are judged by one map alone.")] = ""  # fmt: skip
    from_year: Year | None = None
    to_map: Annotated[str, Field(description="The later map, from which land moves on; its cells are used.")]
    to_year: Year
    years: Annotated[list[Year], Field(min_length=1, description="The years whose maps are written; the last ends the projection.")]  # fmt: skip
    validate_map: Annotated[str, Field(description="The true map of `validate_year`, to be held against.")] = ""
    validate_year: Annotated[Year | None, Field(description="The last of `years` when left out.")] = None
    drivers: list[Driver | str] = []
    driver_holes: Annotated[Literal["refuse", "keep", "nearest"], Field(description="Land without a value of a driver: refused, kept as it is, or given the value of the nearest cell.")] = "refuse"  # fmt: skip
    demand: Demand = Demand()
    keep: Annotated[list[Mask | str], Field(description="Protected land: nothing changes there.")] = []
    never: Annotated[list[Bar], Field(description="Land that may not become a class.")] = []
    only: Annotated[list[Bar], Field(description="The only land that may become a class, a permit for example.")] = []
    interventions: list[Forced] = []
    method: Literal["logistic", "random_forest", "gradient_boosting"] = "logistic"
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    randomness: Annotated[float, Field(ge=0, le=10, description="0 takes the surest cells, 1 draws cells by their probabilities.")] = 0.0  # fmt: skip
    recode: Annotated[dict[str, int], Field(description="Codes of the earlier map in the legend of the later.")] = {}
    names: Annotated[dict[str, str], Field(description="Names of classes by code.")] = {}
    likelihood: Annotated[bool, Field(description="Write for each transition how likely it is, cell by cell.")] = False


def read_arguments(path: Path) -> Arguments:
    """Read and check a file of arguments.

    Raises
    ------
    UserError
        `file.missing`, `model.bad_set`, `landcover.arguments` for each field that is not as it must be.
    """
    given = read_document(path)
    return check_arguments(given, str(path))


def check_arguments(given: Any, file: str = "") -> Arguments:
    """Arguments from plain data."""
    try:
        found = Arguments.model_validate_json(json.dumps(given))
    except ValidationError as wrong:
        problems = []
        for one in wrong.errors(include_url=False, include_input=False):
            steps = [str(step) for step in one["loc"] if step not in ("Mask", "Driver", "str")]
            problems.append(_problem("/".join(steps) or Path(file).name, file, one["msg"][:1].lower() + one["msg"][1:]))
        raise UserError("landcover.arguments", problems) from None
    first = found.from_year if found.from_map else None
    if found.from_map and first is None:
        raise _refuse("from_year", file, _("the year of from_map is needed"))
    years = sorted(set(found.years))
    if (first is not None and first >= found.to_year) or years[0] <= found.to_year:
        raise UserError("landcover.years", first="–" if first is None else first, second=found.to_year, last=years[0])
    found.years = years
    if found.validate_map and found.validate_year is not None and found.validate_year not in years:
        raise _refuse("validate_year", file, _("it is not among the years that are projected"))
    named: list[tuple[str, list[str]]] = [("recode", list(found.recode))]
    named += [(f"demand/areas/{n}/areas", list(each.areas)) for n, each in enumerate(found.demand.areas)]
    for field, texts in named:
        for text in texts:
            if not text.removeprefix("-").isdecimal():
                raise _refuse(f"{field}/{text}", file, _("the code of a class is a whole number"))
    for number, forced in enumerate(found.interventions):
        if not found.to_year < forced.year <= years[-1]:
            reason = _("it lies outside the years that are projected, {first} to {last}").format(first=found.to_year + 1, last=years[-1])  # fmt: skip
            raise _refuse(f"interventions/{number}/year", file, reason)
    if years[-1] - found.to_year > 200:
        raise _refuse("years", file, _("a projection ends after 200 years"))
    return found


def _problem(place: str, file: object, reason: str) -> Problem:
    return make_problem("landcover.arguments", field=place, place=place, file=file, reason=reason)


def _refuse(place: str, file: object, reason: str) -> UserError:
    return UserError("landcover.arguments", [_problem(place, file, reason)])


def describe_arguments() -> dict[str, Any]:
    """The schema of the arguments."""
    return Arguments.model_json_schema()
