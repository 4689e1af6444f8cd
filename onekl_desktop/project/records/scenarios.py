"""Practices, scenarios and the interventions that are drawn once."""

from __future__ import annotations

from typing import ClassVar

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, number, words

STAYS = "-"


class Practice(Record):
    """A kind of action with what it does to the land and what it costs; amounts per hectare in the
    landscape's currency and price year. `class_code` empty: the land keeps its class; `from_classes` are the
    codes that are changed (comma separated, empty: all), the others inside a shape stay as they are.
    `spread` is how far costs, labour, yield and price may be off, as a fraction of each.
    """

    __tablename__ = "practice"
    kind: ClassVar[str] = "practice"

    code: Mapped[str] = mapped_column(server_default=text("''"), default="")
    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    description: Mapped[str] = mapped_column(server_default=text("''"), default="")
    colour: Mapped[str] = mapped_column(server_default=text("'#2e7d5b'"), default="#2e7d5b")
    class_code: Mapped[int | None] = mapped_column(default=None)
    from_classes: Mapped[str] = mapped_column(server_default=text("''"), default="")
    years_to_class: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    capital_cost_per_ha: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    operating_cost_per_ha_year: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    labour_start_days_per_ha: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    labour_days_per_ha_year: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    source: Mapped[str] = mapped_column(server_default=text("''"), default="")
    product: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=95)
    yield_t_per_ha_year: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0, sort_order=95)
    years_to_yield: Mapped[int] = mapped_column(server_default=text("0"), default=0, sort_order=95)
    price_per_t: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0, sort_order=95)
    spread: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0, sort_order=95)
    trees_per_ha: Mapped[float] = number(last=True)
    survival: Mapped[float] = number(1.0, last=True)
    price_average: Mapped[float] = number(last=True)


class Scenario(Record):
    """A named set of interventions and assumptions; the baseline is the one without interventions.

    `projection` tells what the land does by itself: '' as in the baseline (there: it stays as on the map), `STAYS` it stays as
    on the map, else a projection. `pace` multiplies how much it changes in a year.
    """

    __tablename__ = "scenario"
    kind: ClassVar[str] = "scenario"

    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    description: Mapped[str] = mapped_column(server_default=text("''"), default="")
    is_baseline: Mapped[bool] = mapped_column(server_default=text("0"), default=False)
    locked: Mapped[bool] = mapped_column(server_default=text("0"), default=False)
    proposed_by: Mapped[str] = mapped_column(server_default=text("''"), default="")
    colour: Mapped[str] = mapped_column(server_default=text("'#3d6fb4'"), default="#3d6fb4")
    position: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    projection: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=95)
    pace: Mapped[float] = mapped_column(server_default=text("1.0"), default=1.0, sort_order=95)


class Projection(Record):
    """How the land goes on changing by itself: learned from an earlier map, placed by drivers.

    `yearly` is JSON `[{"from_class", "to_class", "hectares"}]` (rule `stated`), `drivers` JSON `[{"layer", "measure"}]`,
    `keep` the identities of layers whose land is protected, separated by commas.
    """

    __tablename__ = "projection"
    kind: ClassVar[str] = "projection"

    name: Mapped[str] = words()
    note: Mapped[str] = words()
    earlier: Mapped[str] = words()
    rule: Mapped[str] = words("markov")
    yearly: Mapped[str] = words("[]")
    drivers: Mapped[str] = words("[]")
    keep: Mapped[str] = words()
    holes: Mapped[str] = words("keep")
    method: Mapped[str] = words("logistic")
    seed: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    randomness: Mapped[float] = number()


class ChainModel(Record):
    """A model on maps that runs on the land cover of every scenario.

    `land_input` is the input that takes that land cover, `arguments` JSON of the others, `years` those asked for, separated
    by commas ('' = the last).
    """

    __tablename__ = "chain_model"
    kind: ClassVar[str] = "chain_model"

    name: Mapped[str] = words()
    model: Mapped[str] = words()
    land_input: Mapped[str] = words()
    arguments: Mapped[str] = words("{}")
    years: Mapped[str] = words()


class GroupWeight(Record):
    """How much a group cares for an indicator (its code) when scenarios are compared; without rows it has not said."""

    __tablename__ = "group_weight"
    kind: ClassVar[str] = "group_weight"

    people_group: Mapped[str] = words()
    indicator: Mapped[str] = words()
    weight: Mapped[float] = number()


class Intervention(Record):
    """A practice on a geometry over years. `schedule` is JSON `[{"year", "share"}]`."""

    __tablename__ = "intervention"
    kind: ClassVar[str] = "intervention"

    scenario: Mapped[str] = mapped_column(server_default=text("''"), default="")
    practice: Mapped[str] = mapped_column(server_default=text("''"), default="")
    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    schedule: Mapped[str] = mapped_column(server_default=text("'[]'"), default="[]")
    start_year: Mapped[int | None] = mapped_column(default=None)
    area_ha: Mapped[float | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(server_default=text("''"), default="")
    geom: Mapped[BaseGeometry | None] = mapped_column(default=None, sort_order=99)
