"""Which column of which table names a record of which other table: for the check, QGIS relations and removals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """`child.column` holds uuids of `parent` ('' = none). Owned rows are removed with their parent."""

    child: str
    column: str
    parent: str
    owned: bool = False


LINKS = (
    Link("intervention", "scenario", "scenario"),
    Link("intervention", "practice", "practice"),
    Link("projection", "earlier", "layer"),
    Link("indicator_value", "run", "run"),
    Link("indicator_value", "indicator", "indicator"),
    Link("indicator_value", "scenario", "scenario"),
    Link("run", "scenario", "scenario"),
    Link("landscape", "land_cover", "layer"),
    Link("landscape", "zones", "layer"),
    Link("landscape", "plan", "scenario"),
    Link("person", "organisation", "organisation"),
    Link("person", "people_group", "people_group"),
    Link("agreement", "replaces", "agreement"),
    Link("signature", "agreement", "agreement", owned=True),
    Link("signature", "organisation", "organisation"),
    Link("signature", "person", "person"),
    Link("vote", "decision", "decision", owned=True),
    Link("vote", "people_group", "people_group"),
    Link("group_weight", "people_group", "people_group", owned=True),
    Link("goal", "decision", "decision"),
    Link("target", "goal", "goal"),
    Link("target", "indicator", "indicator"),
    Link("action", "goal", "goal"),
    Link("action", "intervention", "intervention"),
    Link("action", "lead", "organisation"),
    Link("action", "depends_on", "action"),
    Link("assessment_answer", "assessment", "assessment", owned=True),
    Link("assessment_answer", "people_group", "people_group"),
    Link("project", "champion", "organisation"),
    Link("project", "goal", "goal"),
    Link("project_part", "project", "project", owned=True),
    Link("project_part", "intervention", "intervention"),
    Link("finance_line", "project", "project", owned=True),
    Link("finance_line", "finance_source", "finance_source"),
    Link("finance_source", "organisation", "organisation"),
    Link("idea", "action", "action", owned=True),
    Link("idea", "project", "project"),
    Link("idea", "finance_source", "finance_source"),
    Link("finance_flow", "organisation", "organisation"),
    Link("funding", "project", "project", owned=True),
    Link("funding", "finance_source", "finance_source"),
    Link("household_type", "project", "project", owned=True),
    Link("room_item", "project", "project", owned=True),
    Link("room_item", "resource", "resource"),
    Link("movement", "project", "project", owned=True),
    Link("movement", "finance_source", "finance_source"),
    Link("observation", "indicator", "indicator"),
    Link("observation", "target", "target"),
    Link("observation", "resource", "resource"),
)

# Records that name another one of any kind: the column with the kind, the column with the identity.
OPEN_LINKS = (
    ("consent", "subject_kind", "subject"),
    ("decision", "subject_kind", "subject"),
    ("resource", "subject_kind", "subject"),
)
