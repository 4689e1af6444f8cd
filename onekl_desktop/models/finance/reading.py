"""Read a finance case: its schema and the rules that a schema cannot say. All problems are found together; nothing is guessed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onekl_desktop.base.errors import Problem, UserError, explain_os_error, make_problem
from onekl_desktop.models.finance.case import (
    Bernoulli,
    ByAge,
    ByYear,
    Case,
    Explicit,
    GompertzYield,
    Lognormal,
    Normal,
    Payments,
    TableYield,
    ThreePoint,
    Uniform,
    listed,
)

LARGEST = 20_000_000  # bytes of a file
LARGEST_NUMBER = 1e15  # money in the smallest of currencies stays below
FARTHEST = 8.0  # standard deviations at which a normal may be cut off
RANGES = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}
LIMITS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
KINDS = {
    "float_type": "number", "float_parsing": "number", "finite_number": "number", "int_type": "whole number", "int_from_float": "whole number",
    "string_type": "text", "bool_type": "true or false", "list_type": "list", "model_type": "object", "dict_type": "object",
    "model_attributes_type": "object",
}  # fmt: skip


def read_case(path: Path) -> dict[str, Any]:
    """The JSON document of a file, not yet checked.

    Raises
    ------
    UserError
        `finance.unreadable`, or a problem of the medium.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError("finance.unreadable", file=path, reason="> 20 MB")
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(text, parse_constant=_refuse)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    except (ValueError, RecursionError) as problem:
        raise UserError("finance.unreadable", file=path, reason=problem) from None
    if not isinstance(found, dict):
        raise UserError("finance.unreadable", file=path, reason=type(found).__name__)
    return found


def _wrong(code: str, *, field: str, **facts: Any) -> Problem:
    return make_problem(code, field=field, place=field, **facts)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def load_case(document: dict[str, Any], *, file: str = "") -> Case:
    """A checked case.

    Raises
    ------
    UserError
        `finance.refused` with a problem for each field that is wrong.
    """
    case, problems = check_case(document)
    if case is None or problems:
        located = [_located(problem, file) for problem in problems]
        raise UserError("finance.refused", located, file=file or "–", count=len(problems))
    return case


def _located(problem: Problem, file: str) -> Problem:
    return Problem(
        problem.code, problem.message, problem.remedy, problem.field, file, None, problem.severity, problem.facts
    )


def check_case(document: dict[str, Any]) -> tuple[Case | None, list[Problem]]:
    """The case where its form is right, and everything that is wrong with it; scenarios are checked as they are run."""
    plain = without_nulls(document)
    try:
        case = Case.model_validate(plain)
    except ValidationError as wrong:
        return None, list(_form_problems(plain, wrong))
    problems = list(_rule_problems(case))
    if not problems:
        for scenario in case.scenarios:
            try:
                changed = changed_document(
                    plain, [change.model_dump(exclude_unset=True) for change in scenario.changes]
                )
            except UserError as problem:
                problems += [_within(each, f"/scenarios/{scenario.id}") for each in problem.problems]
                continue
            problems += [_within(each, f"/scenarios/{scenario.id}") for each in check_case(changed)[1]]
    return case, problems


def _within(problem: Problem, place: str) -> Problem:
    return Problem(
        problem.code, problem.message, problem.remedy, place + problem.field, problem.file, None, problem.severity, problem.facts
    )  # fmt: skip


def without_nulls(value: Any, *, within_set: bool = False) -> Any:
    """Null means the same as missing; what a change puts in stays as it is."""
    if isinstance(value, dict):
        return {
            key: without_nulls(item, within_set=within_set or key == "set")
            for key, item in value.items()
            if item is not None or within_set or key == "set"
        }
    return [without_nulls(item, within_set=within_set) for item in value] if isinstance(value, list) else value


# ------------------------------------------------------------------ the form


def _form_problems(document: dict[str, Any], wrong: ValidationError) -> Iterator[Problem]:
    seen = set()
    for error in wrong.errors(include_url=False):
        kind, context = error["type"], error.get("ctx", {})
        place, value = path_of(document, error["loc"], kind == "missing"), _short(error.get("input"))
        if (place, kind) in seen:
            continue
        seen.add((place, kind))
        if kind == "missing":
            yield _wrong("finance.missing", field=place)
        elif kind == "union_tag_not_found":
            yield _wrong("finance.missing", field=f"{place}/kind")
        elif kind == "extra_forbidden":
            yield _wrong("finance.unknown_name", field=place)
        elif kind in RANGES:
            limit = f"{RANGES[kind]} {context.get(LIMITS[kind])}"
            yield _wrong("finance.range", field=place, value=value, limit=limit)
        elif kind in ("literal_error", "union_tag_invalid"):
            known = str(context.get("expected") or context.get("expected_tags")).replace("'", "")
            given = value if kind == "literal_error" else context.get("tag")
            yield _wrong("finance.choice", field=place, value=given, known=known)
        elif kind == "string_pattern_mismatch":
            yield _wrong("finance.pattern", field=place, value=value, pattern=context.get("pattern"))
        elif kind in ("too_short", "string_too_short", "too_long"):
            yield _wrong("finance.length", field=place)
        else:
            yield _wrong("finance.kind", field=place, value=value, kind=KINDS.get(kind, kind))


def path_of(document: Any, location: tuple[int | str, ...], missing: bool = False) -> str:
    """Where a field is: names, and ids (or numbers) of elements of lists. Names of kinds, which pydantic puts in, are left out."""
    here, steps = document, []
    for number, step in enumerate(location):
        if isinstance(here, dict) and step in here:
            here = here[step]
            steps.append(str(step))
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
            name = (here.get("id") or here.get("currency")) if isinstance(here, dict) else None
            steps.append(str(name) if isinstance(name, str) else str(step))
        elif missing and number == len(location) - 1:
            steps.append(str(step))
    return "/" + "/".join(steps)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


# ------------------------------------------------------------------ the rules


def _rule_problems(case: Case) -> Iterator[Problem]:
    yield from _ids(case)
    yield from _years(case)
    yield from _loans(case)
    yield from _carbon(case)
    yield from _currencies(case)
    yield from _tables(case, "")
    yield from _sizes(case, "")
    yield from _references(case)
    yield from _drivers(case)


def _ids(case: Case) -> Iterator[Problem]:
    for place, items in listed(case):
        ids = [item.id for item in items]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            yield _wrong("finance.twice", field=f"{place}/{id}", id=id)
    codes = [rate.currency for rate in case.exchange_rates]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield _wrong("finance.twice", field=f"/exchange_rates/{code}", id=code)


def _years(case: Case) -> Iterator[Problem]:
    found: list[tuple[str, int]] = []
    for item in case.production:
        found += [(f"/production/{item.id}/plantings/{at}/year", one.year) for at, one in enumerate(item.plantings)]
    for loan in case.loans:
        found += [(f"/loans/{loan.id}/draws/{at}/year", one.year) for at, one in enumerate(loan.draws)]
        plan = loan.principal
        if isinstance(plan, Explicit):
            found += [
                (f"/loans/{loan.id}/principal/by_year/{at}/year", one.year) for at, one in enumerate(plan.by_year)
            ]
        elif isinstance(plan, Payments):
            found.append((f"/loans/{loan.id}/principal/payments", plan.first_year + plan.payments - 1))
        else:
            found.append((f"/loans/{loan.id}/principal/year", plan.year))
    for grant in case.grants:
        found += [(f"/grants/{grant.id}/by_year/{at}/year", one.year) for at, one in enumerate(grant.by_year)]
    if case.carbon is not None:
        found += [(f"/carbon/issuances/{at}/year", one.year) for at, one in enumerate(case.carbon.issuances)]
    for place, year in found:
        if year > case.horizon:
            yield _wrong("finance.beyond_horizon", field=place, year=year, horizon=case.horizon)
    reserve = case.equity.reserve
    if reserve is not None and reserve.release_year is not None:
        if reserve.release_year > case.horizon:
            yield _wrong(
                "finance.beyond_horizon", field="/equity/reserve/release_year", year=reserve.release_year, horizon=case.horizon
            )  # fmt: skip
        if reserve.from_year > reserve.release_year:
            yield _wrong("finance.from_after_to", field="/equity/reserve", first=reserve.from_year, last=reserve.release_year)  # fmt: skip
    for support in case.credit_support:
        if support.from_year > support.to_year:
            yield _wrong("finance.from_after_to", field=f"/credit_support/{support.id}", first=support.from_year, last=support.to_year)  # fmt: skip
    holiday = case.tax.holiday
    if holiday is not None and holiday.from_year > holiday.to_year:
        yield _wrong("finance.from_after_to", field="/tax/holiday", first=holiday.from_year, last=holiday.to_year)


def _loans(case: Case) -> Iterator[Problem]:
    sculpted = [
        loan.id for loan in case.loans if isinstance(loan.principal, Payments) and loan.principal.kind == "sculpted"
    ]
    for id in sculpted[1:]:
        yield _wrong("finance.two_sculpted", field=f"/loans/{id}/principal", other=sculpted[0])
    for loan in case.loans:
        for at, draw in enumerate(loan.draws):
            if draw.amount < 0:
                yield _wrong("finance.range", field=f"/loans/{loan.id}/draws/{at}/amount", value=draw.amount, limit="≥ 0")  # fmt: skip
            if loan.first_principal_year is not None and draw.year >= loan.first_principal_year:
                yield _wrong(
                    "finance.late_draw", field=f"/loans/{loan.id}/draws/{at}", year=draw.year, first=loan.first_principal_year
                )  # fmt: skip
        if sum(draw.amount for draw in loan.draws) <= 0:
            yield _wrong("finance.never_drawn", field=f"/loans/{loan.id}/draws")
        if isinstance(loan.principal, Explicit):
            for at, item in enumerate(loan.principal.by_year):
                if item.amount < 0:
                    yield _wrong("finance.range", field=f"/loans/{loan.id}/principal/by_year/{at}/amount", value=item.amount, limit="≥ 0")  # fmt: skip
    for grant in case.grants:
        for at, item in enumerate(grant.by_year):
            if item.amount < 0:
                yield _wrong("finance.range", field=f"/grants/{grant.id}/by_year/{at}/amount", value=item.amount, limit="≥ 0")  # fmt: skip


def _carbon(case: Case) -> Iterator[Problem]:
    issued: dict[int, int] = {}
    for at, one in enumerate(case.carbon.issuances if case.carbon is not None else []):
        place = f"/carbon/issuances/{at}"
        if one.accrued_from_year > one.accrued_to_year:
            yield _wrong("finance.from_after_to", field=place, first=one.accrued_from_year, last=one.accrued_to_year)  # fmt: skip
        if one.accrued_to_year > one.year:
            yield _wrong("finance.accrued_later", field=place, year=one.year, last=one.accrued_to_year)
        for year in range(one.accrued_from_year, min(one.accrued_to_year, case.horizon) + 1):
            if year in issued:
                yield _wrong("finance.issued_twice", field=place, year=year)
                break
            issued[year] = at


def _currencies(case: Case) -> Iterator[Problem]:
    used: list[tuple[str, str | None]] = []
    for item in case.production:
        place = f"/production/{item.id}"
        if item.product is not None:
            used += [(f"{place}/product/{name}", getattr(item.product, name)) for name in ("price_currency", "premium_currency")]  # fmt: skip
        for name in ("revenue_per_unit", "costs_per_unit"):
            used += [(f"{place}/{name}/{line.id}/currency", line.currency) for line in getattr(item, name)]
    for name in ("project_revenue", "project_costs"):
        used += [(f"/{name}/{line.id}/currency", line.currency) for line in getattr(case, name)]
    if case.carbon is not None:
        used.append(("/carbon/price_currency", case.carbon.price_currency))
    for place, code in used:
        if code and code != case.header.currency and case.find_exchange(code) is None:
            yield _wrong("finance.no_exchange_rate", field=place, currency=code, report=case.header.currency)


def _tables(value: Any, place: str) -> Iterator[Problem]:
    if isinstance(value, ByAge | TableYield) and value.to_age is not None and value.from_age > value.to_age:
        yield _wrong("finance.from_after_to", field=place, first=value.from_age, last=value.to_age)
    elif isinstance(value, ByYear) and value.to_year is not None and value.from_year > value.to_year:
        yield _wrong("finance.from_after_to", field=place, first=value.from_year, last=value.to_year)
    elif isinstance(value, GompertzYield):
        one, two = value.anchor_1, value.anchor_2
        if (two.age - one.age) * (two.share_of_maximum - one.share_of_maximum) <= 0:
            yield _wrong("finance.anchors", field=place)
    if hasattr(type(value), "model_fields"):
        for name, declared in type(value).model_fields.items():
            yield from _tables(getattr(value, name), f"{place}/{declared.alias or name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _tables(item, f"{place}/{getattr(item, 'id', at)}")


def _sizes(value: Any, place: str) -> Iterator[Problem]:
    """Numbers so large that sums of them would overflow."""
    if isinstance(value, float | int) and not isinstance(value, bool) and abs(value) > LARGEST_NUMBER:
        yield _wrong("finance.range", field=place, value=value, limit=f"≤ {LARGEST_NUMBER:.0e}")
    elif hasattr(type(value), "model_fields"):
        for name, declared in type(value).model_fields.items():
            yield from _sizes(getattr(value, name), f"{place}/{declared.alias or name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _sizes(item, f"{place}/{getattr(item, 'id', at)}")


def _references(case: Case) -> Iterator[Problem]:
    known = {item.id: item for item in case.production}
    asked = case.solve.breakeven_price
    if asked is not None:
        if asked.production not in known:
            yield _wrong("finance.unknown_id", field="/solve/breakeven_price/production", id=asked.production)
        elif known[asked.production].product is None:
            yield _wrong("finance.no_product", field="/solve/breakeven_price/production", id=asked.production)
    if case.farmer_view is not None and case.farmer_view.production not in known:
        yield _wrong("finance.unknown_id", field="/farmer_view/production", id=case.farmer_view.production)
    if case.risk is not None:
        drivers = {driver.id for driver in case.risk.drivers}
        for at, pair in enumerate(case.risk.correlations):
            for id in pair.between:
                if id not in drivers:
                    yield _wrong("finance.unknown_id", field=f"/risk/correlations/{at}/between", id=id)
            if pair.between[0] == pair.between[1]:
                yield _wrong("finance.with_itself", field=f"/risk/correlations/{at}/between", id=pair.between[0])


def _drivers(case: Case) -> Iterator[Problem]:
    for driver in case.risk.drivers if case.risk is not None else []:
        place = f"/risk/drivers/{driver.id}"
        try:
            find_target(case, driver.field, driver.apply == "multiply")
        except UserError as problem:
            yield from (_within(each, place) for each in problem.problems)
        shape = driver.distribution
        limits: list[float] = []
        if isinstance(shape, ThreePoint):
            limits = [shape.minimum, shape.mode, shape.maximum]
        elif isinstance(shape, Uniform) or (isinstance(shape, Normal) and shape.minimum is not None and shape.maximum is not None):  # fmt: skip
            limits = [float(shape.minimum or 0.0), float(shape.maximum or 0.0)]
        if isinstance(shape, Normal):
            reach = FARTHEST * shape.standard_deviation
            if shape.minimum is not None and shape.minimum > shape.mean + reach:
                yield _wrong("finance.range", field=f"{place}/distribution/minimum", value=shape.minimum, limit=f"≤ {shape.mean + reach}")  # fmt: skip
            if shape.maximum is not None and shape.maximum < shape.mean - reach:
                yield _wrong("finance.range", field=f"{place}/distribution/maximum", value=shape.maximum, limit=f"≥ {shape.mean - reach}")  # fmt: skip
        if limits and (limits != sorted(limits) or limits[0] == limits[-1]):
            yield _wrong("finance.limits", field=f"{place}/distribution", limits=" – ".join(map(str, limits)))
        assert isinstance(shape, ThreePoint | Uniform | Normal | Lognormal | Bernoulli)


# ------------------------------------------------------------------ paths and changes


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step]


def _element(items: list[Any], step: str) -> int | None:
    """The place of an element by its id (or currency), else by its number."""
    for at, item in enumerate(items):
        given = item if isinstance(item, dict) else getattr(item, "__dict__", {})
        if given.get("id", given.get("currency")) == step:
            return at
    return int(step) if step.isdecimal() and int(step) < len(items) else None


def changed_document(document: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """A copy of a case with changes made in their order, without its scenarios and risk.

    Raises
    ------
    UserError
        `finance.no_path`: a path leads nowhere; `finance.not_a_number`: what is to be multiplied is none.
    """
    out = copy.deepcopy({key: value for key, value in document.items() if key not in ("scenarios", "risk")})
    for change in changes:
        path = str(change["field"])
        *steps, last = _steps(path) or [""]
        here: Any = out
        for step in steps:
            here = _into(here, step, path)
        if isinstance(here, list):
            key: Any = _element(here, last)
            if key is None:
                raise UserError("finance.no_path", place=path, step=last)
        elif isinstance(here, dict) and last:
            key = last
        else:
            raise UserError("finance.no_path", place=path, step=last)
        if "multiply" in change and change["multiply"] is not None:
            if isinstance(here, dict) and key not in here:
                raise UserError("finance.no_path", place=path, step=last)
            here[key] = _scaled(here[key], change["multiply"], path)
        elif change.get("set") is None and isinstance(here, dict):
            here.pop(key, None)  # null means the same as missing
        else:
            here[key] = copy.deepcopy(change["set"])
    return dict(without_nulls(out))


def _into(here: Any, step: str, path: str) -> Any:
    if isinstance(here, dict) and step in here:
        return here[step]
    at = _element(here, step) if isinstance(here, list) else None
    if at is None:
        raise UserError("finance.no_path", place=path, step=step)
    return here[at]


def _scaled(value: Any, factor: float, path: str) -> Any:
    if isinstance(value, dict) and isinstance(value.get("values"), list):
        return {**value, "values": [_scaled(item, factor, path) for item in value["values"]]}
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError("finance.not_a_number", place=path)
    return value * factor


def step_into(here: Any, step: str) -> tuple[Any, Any] | None:
    """A field of an object, or an element of a list by its id, currency or number: its name or place, and what is there."""
    if isinstance(here, list):
        at = _element(here, step)
        return None if at is None else (at, here[at])
    for name, declared in getattr(type(here), "model_fields", {}).items():
        if step in (name, declared.alias):
            return name, getattr(here, name)
    return None


def find_target(case: Case, path: str, multiply: bool) -> tuple[Any, Any]:
    """The holder (an object or a list) of a number of the case and its name or place, for a driver.

    Raises
    ------
    UserError
        `finance.no_path`, `finance.not_a_number` (also for years and other whole numbers, which cannot be drawn).
    """
    here: Any = case
    for step in _steps(path) or [""]:
        holder, found = here, step_into(here, step)
        if found is None:
            raise UserError("finance.no_path", place=path, step=step)
        name, here = found
    is_table = isinstance(here, ByAge | ByYear | TableYield)
    missing = here is None and not multiply and isinstance(name, str) and _takes_number(holder, name)
    if not (is_table or missing or (isinstance(here, float | int) and not isinstance(here, bool))):
        raise UserError("finance.not_a_number", place=path)
    if isinstance(here, TableYield) and not multiply:
        raise UserError("finance.not_a_number", place=path)
    if isinstance(name, str) and not is_table and not _takes_number(holder, name):
        raise UserError("finance.not_a_number", place=path)
    return holder, name


def _takes_number(holder: Any, name: str) -> bool:
    return "float" in str(type(holder).model_fields[name].annotation)
