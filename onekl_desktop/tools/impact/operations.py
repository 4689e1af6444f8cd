"""Observations."""

from __future__ import annotations

from typing import Any

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.units import format_number
from onekl_desktop.project.editing import add_record, change_record, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Indicator, Observation, Target


def add_observation(
    write: Write, indicator: str, target: str = "", value: float | None = None, **values: Any
) -> dict[str, Any]:
    """A measured value; it needs a value and a date."""
    measure = write.get(Indicator, indicator, field="indicator")
    if value is None:
        raise UserError("field.required", [make_problem("field.required", field="value", title="value")], title="value")
    aim = write.get(Target, target, field="target") if target else None
    if aim is not None and aim.indicator != measure.uuid:
        wanted = write.get(Indicator, aim.indicator)
        raise UserError("impact.other_indicator", target=aim.name, wanted=wanted.name, indicator=measure.name)
    row = add_record(
        write, Observation, {**values, "value": value, "indicator": measure.uuid, "target": aim.uuid if aim else ""}
    )
    row.place = row.place or (aim.place if aim else "")
    _settle(row, measure)
    return {"observation": row.uuid, "name": measure.name, "value": format_number(value, measure.decimals)}


def _settle(row: Observation, measure: Indicator) -> None:
    """Year from the day, a name that people recognise, and a range that holds the value."""
    if row.observed_on:
        row.year = int(row.observed_on[:4])
    if row.year is None:
        raise UserError("impact.no_date")
    low = row.low if row.low is not None else row.value
    high = row.high if row.high is not None else row.value
    if row.value is not None and low is not None and high is not None and not low <= row.value <= high:
        raise UserError("impact.range", value=f"{row.value:g}", low=f"{low:g}", high=f"{high:g}")
    row.name = f"{measure.name} {row.observed_on or row.year}" + (f" · {row.place}" if row.place else "")


def change_observation(write: Write, observation: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Observation, observation, field="observation")
    measure = write.get(Indicator, row.indicator)
    change_record(write, row, values)
    _settle(row, measure)
    return {"observation": row.uuid, "name": measure.name}


def remove_observation(write: Write, observation: str) -> dict[str, Any]:
    """Remove one that was entered by mistake."""
    row = write.get(Observation, observation, field="observation")
    name = write.get(Indicator, row.indicator).name
    remove_record(write, row)
    return {"name": name}
