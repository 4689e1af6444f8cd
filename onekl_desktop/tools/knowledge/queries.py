"""What the knowledge panel and page show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from onekl_desktop.base.translate import N_
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.records import tell_subject
from onekl_desktop.project.records import Evidence, GlossaryTerm, Resource


@dataclass
class Library:
    """Entries with what they are evidence of; `about` tells the records, `changed` the evidence whose file is no longer the same."""

    resources: list[Resource] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)

    def name_of(self, uuid: str) -> str:
        """Name of an entry."""
        return next((row.name for row in self.resources if row.uuid == uuid), "–")

    def evidence_of(self, resource: str) -> list[Evidence]:
        """What an entry is evidence of."""
        return [row for row in self.evidence if row.resource == resource]

    def is_changed(self, row: Evidence) -> bool:
        """Whether the file is another one than when it was attached."""
        found = next((item for item in self.resources if item.uuid == row.resource), None)
        return found is not None and row.content_hash != found.content_hash


def read_library(session: Session) -> Library:
    """Read the library at one moment."""
    with session.read() as db:
        library = Library(
            list(db.scalars(select(Resource).order_by(Resource.name))),
            list(db.scalars(select(Evidence).order_by(Evidence.id))),
        )
        for row in library.evidence:
            library.about[row.uuid] = tell_subject(db, row.subject_kind, row.subject)
    return library


def first_steps(session: Session) -> list[Step]:
    """What the ring counts."""
    with session.read() as db:
        return [
            Step(N_("a document in the library"), db.scalar(select(Resource.id).limit(1)) is not None, "library"),
            Step(N_("evidence for a record"), db.scalar(select(Evidence.id).limit(1)) is not None, "evidence"),
            Step(N_("a word of your own"), db.scalar(select(GlossaryTerm.id).limit(1)) is not None, "glossary"),
        ]  # fmt: skip
