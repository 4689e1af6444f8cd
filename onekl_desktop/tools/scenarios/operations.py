"""Place, change and remove interventions, scenarios and practices."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.geometry import area_ha, from_gpkg, polygons_of, repair
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number, format_quantity
from onekl_desktop.base.years import dump_schedule, even_schedule
from onekl_desktop.engine import Session
from onekl_desktop.engine.practices import read_practices
from onekl_desktop.project.editing import remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import read_column
from onekl_desktop.project.queries.records import (
    find_land_cover,
    get_by_name,
    get_landscape,
    list_classes,
    list_interventions,
)
from onekl_desktop.project.records import Intervention, Landscape, Layer, Practice, Record, Scenario
from onekl_desktop.project.styles import PALETTE
from onekl_desktop.tools.scenarios import optimising, rules
from onekl_desktop.tools.scenarios.adopting import adopt
from onekl_desktop.tools.scenarios.assumptions import (
    add_chain_model,
    add_projection,
    change_projection,
    prepare_add_chain_model,
    remove_chain_model,
    remove_projection,
    set_outlook,
)
from onekl_desktop.tools.scenarios.weighing import prepare_set_weights, set_weights

__all__ = [  # what lies in files of its own
    "add_chain_model",
    "add_projection",
    "adopt",
    "change_projection",
    "prepare_add_chain_model",
    "prepare_set_weights",
    "remove_chain_model",
    "remove_projection",
    "set_outlook",
    "set_weights",
]  # fmt: skip
_NUMBERS = (
    "capital_cost_per_ha", "operating_cost_per_ha_year", "labour_start_days_per_ha", "labour_days_per_ha_year",
    "yield_t_per_ha_year", "price_per_t", "spread", "trees_per_ha", "survival",
)  # fmt: skip


# ------------------------------------------------------------------ practices


def add_practices(write: Write, codes: str = "") -> dict[str, Any]:
    """Copy practices of the catalogue; those that are there already stay as they are.

    A practice keeps its target class only where the project's legend has that class under the same name.
    """
    wanted = [code.strip() for code in codes.split(",") if code.strip()]
    rows = read_practices()
    known = {row["code"] for row in rows}
    for code in wanted:
        if code not in known:
            listed = _("There are: {names}.").format(names=", ".join(sorted(known)))
            raise UserError("record.missing", kind=_("practice"), value=code, known=listed)
    cover = find_land_cover(write.db)
    legend = {cls.name.lower(): cls.code for cls in list_classes(write.db, cover.legend)} if cover else {}
    present = set(write.db.scalars(select(Practice.code)))
    count = 0
    for row in rows:
        if (wanted and row["code"] not in wanted) or row["code"] in present:
            continue
        source = f"{row['source']} ({row['currency']} {row['price_year']})"
        write.add(Practice(
            code=row["code"], name=_(row["name"]), description=_(row["description"]), colour=row["colour"],
            class_code=legend.get(row["class_name"].lower()) if row["class_name"] else None,
            from_classes=",".join(str(legend[name.lower()]) for name in row["from_classes"].split("|") if name.lower() in legend),
            years_to_class=int(row["years_to_class"]), source=source, product=_(row["product"]) if row["product"] else "",
            years_to_yield=int(row["years_to_yield"]),
            **{name: float(row[name]) for name in _NUMBERS}))  # type: ignore[arg-type]  # fmt: skip
        count += 1
    return {"count": count}


def add_practice(write: Write, name: str, **values: Any) -> dict[str, Any]:
    """A practice of one's own."""
    _check_free(write, Practice, name, _("practice"))
    taken = set(write.db.scalars(select(Practice.code)))
    code, number = slug(name, "practice"), 2
    while code in taken:
        code, number = f"{slug(name, 'practice')}_{number}", number + 1
    practice = Practice(code=code, name=name, colour=PALETTE[len(taken) % len(PALETTE)])
    _fill_practice(write, practice, values)
    write.add(practice)
    return {"practice": practice.uuid, "name": practice.name}


def change_practice(write: Write, practice: str, name: str = "", **values: Any) -> dict[str, Any]:
    """Change what was given; the rest stays."""
    row = write.get(Practice, practice, field="practice")
    if name and name != row.name:
        _check_free(write, Practice, name, _("practice"))
        row.name = name
    _fill_practice(write, row, values)
    return {"practice": row.uuid, "name": row.name}


def _fill_practice(write: Write, practice: Practice, values: dict[str, Any]) -> None:
    cover = find_land_cover(write.db)
    code = values.get("class_code")
    if (
        code is not None
        and cover is not None
        and code not in {cls.code for cls in list_classes(write.db, cover.legend)}
    ):
        raise UserError("scenarios.unknown_class", name=practice.name, class_code=code)
    for part in str(values.get("from_classes") or "").split(","):
        if part.strip() and not part.strip().isdigit():
            raise UserError("scenarios.unknown_class", name=practice.name, class_code=part.strip())
    for key, value in values.items():
        if value not in (None, ""):
            setattr(practice, key, value)


def remove_practice(write: Write, practice: str) -> dict[str, Any]:
    """Remove a practice that nothing uses."""
    row = write.get(Practice, practice, field="practice")
    used = write.db.scalar(select(func.count(Intervention.id)).where(Intervention.practice == row.uuid)) or 0
    if used:
        raise UserError("scenarios.practice_used", name=row.name, count=used)
    name = row.name
    write.remove(row)
    return {"name": name}


# ------------------------------------------------------------------ scenarios


def add_scenario(
    write: Write, name: str, description: str = "", proposed_by: str = "", colour: str | None = None
) -> dict[str, Any]:
    """A new, empty scenario."""
    _check_free(write, Scenario, name, _("scenario"))
    count = write.db.scalar(select(func.count(Scenario.id))) or 0
    row = write.add(Scenario(
        name=name, description=description, proposed_by=proposed_by, colour=colour or PALETTE[(count - 1) % len(PALETTE)],
        position=float(count)))  # fmt: skip
    return {"scenario": row.uuid, "name": row.name}


def copy_scenario(write: Write, scenario: str, name: str) -> dict[str, Any]:
    """A copy with all interventions, unlocked."""
    row = write.get(Scenario, scenario, field="scenario")
    made = add_scenario(write, name, row.description, row.proposed_by)
    if not row.is_baseline:
        copy = write.get(Scenario, made["scenario"], field="scenario")
        copy.projection, copy.pace = row.projection, row.pace
    for item in list_interventions(write.db, row.uuid):
        write.db.add(Intervention(
            scenario=made["scenario"], practice=item.practice, name=item.name, schedule=item.schedule, note=item.note,
            start_year=item.start_year, area_ha=item.area_ha, geom=item.geom))  # fmt: skip
    return {**made, "scenario": made["scenario"], "copied": row.name}


def prepare_optimise(session: Session, progress: Progress, name: str, front: int = 0, gap: float = 1e-4, **fields: Any) -> dict[str, Any]:  # fmt: skip
    """Find the best choice before anything is written."""
    asked = optimising.gather(session, progress=progress.part(0.0, 0.4), **{**_NOTHING_ASKED, **fields})
    found = optimising.find_best(asked, gap=gap, seconds=300.0, progress=progress.part(0.4, 0.7))
    aims = list(asked.choice.weights)
    line = (
        optimising.find_front(asked, aims[0], aims[1], front, progress.part(0.7, 1.0))
        if front >= 2 and len(aims) == 2
        else []
    )
    told = optimising.as_data(asked, found, line)
    return {
        "name": name, "places": optimising.places_of(asked, found), "told": told, "start_year": fields.get("start_year"),
        "years": fields.get("years") or 1,
    }  # fmt: skip


_NOTHING_ASKED: dict[str, Any] = {
    "units": "", "cell_ha": None, "practices": "", "maximise": "", "budget": None, "most_area": None, "targets": "", "exclude": "",
    "fair_share": None, "edge_penalty": None, "start_year": None, "years": 1,
}  # fmt: skip


def optimise(
    write: Write,
    name: str,
    places: list[tuple[Practice, BaseGeometry]],
    told: dict[str, Any],
    start_year: int | None,
    years: int,
) -> dict[str, Any]:
    """The choice as a scenario: one intervention for each practice."""
    words = _("Proposed by the computer: {units} of {all} units; no choice is better by more than {gap} %.").format(
        units=len(told["chosen"]), all=told["candidates"], gap=format_number(100 * told["gap"], 3))  # fmt: skip
    made = add_scenario(write, name, words, _("the computer"))
    for practice, shape in places:
        add_intervention(
            write,
            made["scenario"],
            practice.uuid,
            shape,
            name=f"{practice.name} · {name}",
            start_year=start_year,
            years=years,
        )
    return {**made, **told, "sentences": [words]}


def change_scenario(
    write: Write, scenario: str, name: str = "", description: str = "", proposed_by: str = "", colour: str | None = None,
    locked: bool | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change what was given; a locked scenario can only be unlocked."""
    row = write.get(Scenario, scenario, field="scenario")
    if row.locked and locked is not False:
        raise UserError("scenarios.locked", name=row.name)
    if name and name != row.name:
        _check_free(write, Scenario, name, _("scenario"))
        row.name = name
    row.description, row.proposed_by = description or row.description, proposed_by or row.proposed_by
    row.colour = colour or row.colour
    row.locked = row.locked if locked is None else locked
    return {"scenario": row.uuid, "name": row.name}


def choose_plan(write: Write, scenario: str) -> dict[str, Any]:
    """Make a scenario the plan; the baseline is no plan."""
    row = write.get(Scenario, scenario, field="scenario")
    if row.is_baseline:
        raise UserError("scenarios.baseline_no_plan")
    write.landscape.plan = row.uuid
    return {"scenario": row.uuid, "name": row.name}


def remove_scenario(write: Write, scenario: str) -> dict[str, Any]:
    """Remove a scenario with its interventions; its runs go with the next clean-up of runs."""
    row = _open_scenario(write, scenario)
    for item in list_interventions(write.db, row.uuid):
        write.db.flush()
        remove_record(write, item)
    if write.landscape.plan == row.uuid:
        write.landscape.plan = ""
    name = row.name
    write.remove(row)
    return {"name": name}


def _open_scenario(write: Write, name: str) -> Scenario:
    row = write.get(Scenario, name, field="scenario")
    if row.is_baseline:
        raise UserError("scenarios.baseline_stays")
    if row.locked:
        raise UserError("scenarios.locked", name=row.name)
    return row


# ------------------------------------------------------------------ interventions


def fit_to_landscape(landscape: Landscape, geometry: BaseGeometry) -> BaseGeometry:
    """The part of a shape that can be planned: repaired and cut to the landscape.

    What lies outside the landscape cannot be planned, paid for or reported by this partnership.
    """
    shape = polygons_of(repair(geometry))
    if shape.is_empty or shapely.area(shape) == 0:
        raise UserError("scenarios.no_area", [make_problem("scenarios.no_area", field="geometry")])
    boundary = landscape.geom
    if boundary is not None and not boundary.covers(shape):
        shape = polygons_of(boundary.intersection(shape))
    if shape.is_empty or shapely.area(shape) == 0:
        facts = {"landscape": landscape.name}
        raise UserError(
            "scenarios.outside_landscape",
            [make_problem("scenarios.outside_landscape", field="geometry", **facts)],  # type: ignore[arg-type]
            **facts,
        )
    return shape


def add_intervention(
    write: Write, scenario: str, practice: str, geometry: BaseGeometry, name: str = "", start_year: int | None = None,
    years: int = 1, schedule: list[dict[str, float]] | None = None, note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Put a practice on the ground."""
    row = write.get(Scenario, scenario, field="scenario")
    if row.is_baseline:
        raise UserError("scenarios.baseline_has_none", name=row.name)
    if row.locked:
        raise UserError("scenarios.locked", name=row.name)
    kind = write.get(Practice, practice, field="practice")
    landscape = get_landscape(write.db)
    place = fit_to_landscape(landscape, geometry)
    if schedule is None:
        schedule = even_schedule(start_year if start_year is not None else first_planning_year(write, landscape), years)
    count = write.db.scalar(select(func.count(Intervention.id)).where(Intervention.scenario == row.uuid)) or 0
    item = write.add(Intervention(
        scenario=row.uuid, practice=kind.uuid, name=name or f"{kind.name} {count + 1}", note=note,
        schedule=dump_schedule(schedule), start_year=int(schedule[0]["year"]), area_ha=area_ha(place, landscape.crs),
        geom=write.place(place)))  # fmt: skip
    return _told(item)


def prepare_draw_by_rule(
    session: Session, progress: Progress, scenario: str, practice: str, name: str = "", start_year: int | None = None, years: int = 1, **rule: Any
) -> dict[str, Any]:  # fmt: skip
    """Work out the place before anything is written."""
    place = rules.find_place(session, progress, **rule)
    words = "; ".join(f"{field} {value}" for field, value in rule.items() if value not in (None, ""))
    return {"scenario": scenario, "practice": practice, "name": name, "start_year": start_year, "years": years, "geometry": place, "note": words}  # fmt: skip


def draw_by_rule(write: Write, **fields: Any) -> dict[str, Any]:
    """The place as an intervention, with the rule as its note."""
    fields["note"] = _("By rule: {rule}").format(rule=fields["note"])
    return add_intervention(write, **fields)


def prepare_take_from_layer(session: Session, _progress: Progress, layer: str, shapes: tuple[int, ...] = (), **fields: Any) -> dict[str, Any]:  # fmt: skip
    """Read the areas before anything is written."""
    with session.read() as db:
        row = get_by_name(db, Layer, layer, field="layer")
    if row.data_kind != "vector":
        raise UserError("layers.not_vector", name=row.name)
    with session.project.read_raw() as raw:
        names = read_column(raw, row.table_name, row.name_column) if row.name_column else {}
        found = raw.execute(
            f"SELECT id, geom FROM {quote(row.table_name)} WHERE geom IS NOT NULL ORDER BY id"
        ).fetchall()
    places = [
        (str(names.get(key) or ""), shape) for key, blob in found if (not shapes or key in shapes) and not (shape := polygons_of(repair(from_gpkg(blob)))).is_empty
    ]  # fmt: skip
    if not places:
        raise UserError("layers.nothing", name=row.name)
    return {**fields, "places": places, "layer": row.name}


def take_from_layer(write: Write, scenario: str, practice: str, places: list[tuple[str, Any]], layer: str, start_year: int | None = None, years: int = 1) -> dict[str, Any]:  # fmt: skip
    """An intervention for each area of a layer; those outside the landscape are left out and counted."""
    made, outside = [], 0
    for name, shape in places:
        try:
            told = add_intervention(write, scenario, practice, shape, name, start_year, years, note=_("From the layer {name}").format(name=layer))  # fmt: skip
        except UserError as problem:
            if problem.code not in ("scenarios.outside_landscape", "shape.empty"):
                raise
            outside += 1
            continue
        made.append(told["intervention"])
    if not made:
        raise UserError("layers.no_result", name=layer)
    sentences = (
        [
            ngettext(
                "{count} area lies outside the landscape and was left out.",
                "{count} areas lie outside the landscape and were left out.",
                outside,
            ).format(count=outside)
        ]
        if outside
        else []
    )
    return {"count": len(made), "layer": layer, "interventions": made, "sentences": sentences}


def first_planning_year(write: Write, landscape: Landscape) -> int:
    """The year that a new intervention starts in when none is given: after the map, not before the price year."""
    cover = find_land_cover(write.db)
    return max(landscape.price_year, (cover.year or 0) + 1 if cover else 0)


def _open_intervention(write: Write, name: str) -> Intervention:
    item = write.get(Intervention, name, field="intervention")
    scenario = write.db.scalar(select(Scenario).where(Scenario.uuid == item.scenario))
    if scenario is not None and scenario.locked:
        raise UserError("scenarios.locked", name=scenario.name)
    return item


def change_intervention(
    write: Write,
    intervention: str,
    practice: str = "",
    name: str = "",
    schedule: list[dict[str, float]] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Change what was given; the place stays."""
    item = _open_intervention(write, intervention)
    if practice:
        item.practice = write.get(Practice, practice, field="practice").uuid
    item.name, item.note = name or item.name, note or item.note
    if schedule is not None:
        item.schedule, item.start_year = dump_schedule(schedule), int(schedule[0]["year"])
    return _told(item)


def reshape_intervention(write: Write, intervention: str, geometry: BaseGeometry) -> dict[str, Any]:
    """A new place."""
    item = _open_intervention(write, intervention)
    landscape = get_landscape(write.db)
    place = fit_to_landscape(landscape, geometry)
    item.geom, item.area_ha = write.place(place), area_ha(place, landscape.crs)
    return _told(item)


def remove_intervention(write: Write, intervention: str) -> dict[str, Any]:
    """Remove an intervention from its scenario."""
    item = _open_intervention(write, intervention)
    told = _told(item)
    remove_record(write, item)
    return told


def _told(item: Intervention) -> dict[str, Any]:
    return {
        "intervention": item.uuid, "id": item.id, "name": item.name, "area_ha": item.area_ha,
        "area": format_quantity(item.area_ha, "ha", 1), "start_year": item.start_year,
    }  # fmt: skip


def _check_free(write: Write, kind: type[Record], name: str, word: str) -> None:
    column = kind.name  # type: ignore[attr-defined]
    if write.db.scalar(select(kind.id).where(func.lower(column) == name.lower()).limit(1)):
        raise UserError(
            "record.name_taken",
            [make_problem("record.name_taken", field="name", kind=word, name=name)],
            kind=word,
            name=name,
        )
