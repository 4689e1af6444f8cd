"""What the commons panel and page show."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import N_, _, ngettext
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.records import Bundle, Layer, ReleaseRule
from onekl_desktop.tools.commons.rules import Selection, select_released

REASONS = {
    "consent": N_("no valid consent of the person or organisation"),
    "subject": N_("what they describe has not been released"),
    "confidential": N_("marked as confidential"),
}  # fmt: skip


@dataclass
class Commons:
    """Rules, bundles, and what a bundle would hold now."""

    rules: list[ReleaseRule]
    bundles: list[Bundle]
    layers: dict[str, Layer]
    selection: Selection


def read_commons(session: Session, audience: str = "public") -> Commons:
    """Read everything at one moment."""
    with session.read() as db:
        return Commons(
            list(db.scalars(select(ReleaseRule).order_by(ReleaseRule.record_kind, ReleaseRule.id))),
            list(db.scalars(select(Bundle).order_by(Bundle.version.desc()))),
            {row.uuid: row for row in db.scalars(select(Layer))}, select_released(db, audience),
        )  # fmt: skip


def tell_kept(selection: Selection) -> list[str]:
    """Sentences on what stays here and why."""
    out = []
    for key, count in sorted(selection.kept.items()):
        what, _colon, reason = key.partition(":")
        rows = ngettext("{count} row", "{count} rows", count).format(count=count)
        kind = _(RECORD_WORDS.get(what, what)).capitalize()
        out.append(f"{kind}: {rows}, {_(REASONS.get(reason, reason))}.")
    return out


def first_steps(session: Session) -> list[Step]:
    """What the ring counts: rules, a bundle."""
    with session.read() as db:
        return [
            Step(N_("what may leave"), db.scalar(select(ReleaseRule.id).limit(1)) is not None, "leaving"),
            Step(N_("a bundle for others"), db.scalar(select(Bundle.id).limit(1)) is not None, "bundles"),
        ]
