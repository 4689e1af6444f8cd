"""What may leave: nothing by default, then field by field, and for people only with their consent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.project.records import Consent, Record, ReleaseRule, record_kinds
from onekl_desktop.project.references import LINKS

NEVER = (
    "assessment_answer",
    "vote",
    "consent",
    "comment",
    "attendance",
    "membership",
    "release_rule",
    "journal",
    "meta",
    "parked",
    "layer",
    "bundle",
)
HIDDEN_COLUMNS = {
    "id",
    "uuid",
    "created_at",
    "created_by",
    "changed_at",
    "changed_by",
    "content",
    "file_name",
    "inputs",
    "warnings",
}
# Names and addresses of people who are in no register, so that no consent can be found for them.
NEVER_FIELDS = {("profile", "contact"), ("meeting", "facilitator"), ("meeting", "secretary")}
# A field of a person or organisation leaves only with a consent for one of these scopes.
CONSENT_NEEDED = {
    ("person", ""): ("publish_name", "publish_contact"), ("person", "email"): ("publish_contact",),
    ("person", "phone"): ("publish_contact",), ("organisation", "contact"): ("publish_contact",),
}  # fmt: skip
USUAL: dict[str, tuple[str, ...]] = {
    "landscape": ("name", "description", "country", "synthetic", "area_ha", "currency", "price_year", "discount_rate", "horizon_year", "plan", "geom"),
    "organisation": ("name", "organisation_type", "role", "sector", "place"),
    "profile": ("website", "location", "area_types", "population", "partnership_status", "partnership_year", "ecosystems", "languages", "livelihoods", "commodities", "organisation_types", "production_methods", "introduction", "people", "economy", "trends", "production", "governance", "land_use"),
    "agreement": ("name", "version", "status", "agreed_on", "valid_until", "agreement_type"),
    "vision": ("name", "statement", "horizon_year", "agreed_on", "decision", "status"),
    "wish": ("theme", "zone", "body"),
    "decision": ("name", "question", "method", "options", "status", "decided_on", "outcome"),
    "goal": ("name", "description", "theme", "measure", "frameworks", "decision", "position"),
    "indicator": ("code", "name", "definition", "unit", "direction", "decimals", "model"),
    "target": ("name", "goal", "indicator", "place", "unit", "baseline", "baseline_year", "quantity", "year", "source"),
    "action": ("name", "description", "goal", "intervention", "lead", "action_type", "status", "start_year", "end_year", "priority"),
    "dependency": ("action", "waits_for"),
    "practice": ("code", "name", "description", "capital_cost_per_ha", "operating_cost_per_ha_year", "labour_start_days_per_ha", "labour_days_per_ha_year", "source", "product", "yield_t_per_ha_year", "years_to_yield", "price_per_t"),
    "scenario": ("name", "description", "is_baseline"),
    "intervention": ("name", "scenario", "practice", "schedule", "start_year", "area_ha", "geom"),
    "project": ("name", "description", "stage", "stage_since", "goal", "champion", "start_year", "horizon_years", "discount_rate"),
    "project_part": ("project", "intervention"),
    "run": ("model", "model_version", "scenario", "subject", "fingerprint", "started_at"),
    "indicator_value": ("run", "indicator", "scenario", "subject", "year", "zone", "category", "value", "low", "high"),
    "observation": ("name", "indicator", "target", "place", "observed_on", "year", "value", "low", "high", "method", "source", "status"),
}  # fmt: skip
# Rows that describe another record leave only with it: a run's numbers not without the thing they are about.
FOLLOW = {
    "run": ("scenario", "subject"),
    "indicator_value": ("scenario", "subject", "run"),
    "project_part": ("project", "intervention"),
    "dependency": ("action", "waits_for"),
}


def releasable(kind: str) -> list[str]:
    """Fields of a kind of record that a rule may name; none for kinds that never leave."""
    record = record_kinds().get(kind)
    if record is None or kind in NEVER:
        return []
    names = [
        column.name
        for column in record.__table__.columns
        if column.name not in HIDDEN_COLUMNS and (kind, column.name) not in NEVER_FIELDS
    ]
    return [*names, "content"] if kind == "resource" else names


@dataclass
class Released:
    """Rows of a kind with the fields that may leave."""

    kind: str
    fields: list[str]
    rows: list[Record] = field(default_factory=list)
    blanked: dict[str, set[str]] = field(default_factory=dict)

    def value(self, row: Record, name: str) -> Any:
        """A value, or None where this row's own field stays here."""
        return None if name in self.blanked.get(row.uuid, ()) else getattr(row, name)


@dataclass
class Selection:
    """Everything that a bundle for an audience would hold, and what stays with the reason and a count."""

    released: dict[str, Released]
    kept: dict[str, int]
    layers: dict[str, list[str]]


def audiences_within(audience: str) -> tuple[str, ...]:
    """Rules that count for an audience: partners also get what is public."""
    return ("public",) if audience == "public" else ("public", "partners")


def select_released(db: DbSession, audience: str, today: str = "") -> Selection:
    """Apply rules, consents and the bond between numbers and what they describe."""
    day = today or dt.date.today().isoformat()
    fields: dict[str, list[str]] = {}
    layers: dict[str, list[str]] = {}
    for rule in db.scalars(
        select(ReleaseRule).where(ReleaseRule.audience.in_(audiences_within(audience))).order_by(ReleaseRule.id)
    ):
        if rule.record_kind == "layer" and rule.subject:
            layers.setdefault(rule.subject, []).append(rule.field)
        elif rule.field in releasable(rule.record_kind) and rule.field not in fields.setdefault(rule.record_kind, []):
            fields[rule.record_kind].append(rule.field)
    kinds = record_kinds()
    selection = Selection({}, {}, layers)
    for kind, names in fields.items():
        if not names:
            continue
        given = Released(kind, names, list(db.scalars(select(kinds[kind]).order_by(kinds[kind].id))))
        _apply_consents(db, given, day, selection.kept)
        if kind == "action":
            _keep_confidential(given, selection.kept)
        selection.released[kind] = given
    _follow(selection)
    _cut_links(selection)
    return selection


def _apply_consents(db: DbSession, given: Released, day: str, kept: dict[str, int]) -> None:
    if given.kind not in {kind for kind, _name in CONSENT_NEEDED}:
        return
    scopes: dict[str, set[str]] = {}
    for consent in db.scalars(select(Consent).where(Consent.subject_kind == given.kind)):
        ended = (consent.withdrawn_on and consent.withdrawn_on <= day) or (
            consent.valid_until and consent.valid_until < day
        )
        begun = not consent.given_on or consent.given_on <= day
        if begun and not ended:
            scopes.setdefault(consent.subject, set()).add(consent.scope)
    whole = CONSENT_NEEDED.get((given.kind, ""))
    if whole:
        allowed = [row for row in given.rows if scopes.get(row.uuid, set()) & set(whole)]
        if len(allowed) < len(given.rows):
            kept[f"{given.kind}:consent"] = len(given.rows) - len(allowed)
        given.rows = allowed
    for row in given.rows:
        for name in given.fields:
            needed = CONSENT_NEEDED.get((given.kind, name))
            if needed and not scopes.get(row.uuid, set()) & set(needed):
                given.blanked.setdefault(row.uuid, set()).add(name)
                if getattr(row, name):
                    kept[f"{given.kind}.{name}:consent"] = kept.get(f"{given.kind}.{name}:consent", 0) + 1


def _keep_confidential(given: Released, kept: dict[str, int]) -> None:
    """Actions that are marked so stay here, whatever the rules say."""
    open_ones = [row for row in given.rows if not row.confidential]  # type: ignore[attr-defined]
    if len(open_ones) < len(given.rows):
        kept["action:confidential"] = len(given.rows) - len(open_ones)
    given.rows = open_ones


def _follow(selection: Selection) -> None:
    """Drop rows whose described record does not leave; runs first, then what hangs on them."""
    for kind in ("run", "indicator_value", "project_part", "dependency"):
        given = selection.released.get(kind)
        if given is None:
            continue
        there = {row.uuid for other, item in selection.released.items() if other != kind for row in item.rows}
        kept = [
            row
            for row in given.rows
            if all(getattr(row, name) == "" or getattr(row, name) in there for name in FOLLOW[kind])
        ]
        if len(kept) < len(given.rows):
            selection.kept[f"{kind}:subject"] = len(given.rows) - len(kept)
        given.rows = kept


def _cut_links(selection: Selection) -> None:
    """Blank references to records that do not leave."""
    kinds = record_kinds()
    tables = {record.__tablename__: kind for kind, record in kinds.items()}
    there = {kind: {row.uuid for row in item.rows} for kind, item in selection.released.items()}
    for link in LINKS:
        given = selection.released.get(tables.get(link.child, ""))
        if given is None or link.column not in given.fields:
            continue
        known = there.get(tables.get(link.parent, ""), set())
        for row in given.rows:
            if getattr(row, link.column) and getattr(row, link.column) not in known:
                given.blanked.setdefault(row.uuid, set()).add(link.column)
