"""Rounds and anonymous cards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine.decisions import today
from onekl_desktop.project.editing import add_record, change_record, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Assessment, AssessmentAnswer, Group
from onekl_desktop.tools.governance.instrument import HIGHEST, INSTRUMENT, VERSION, read_questions

UNKNOWN = {"?": "unknown", "-": "none", "–": "none", "": "none"}


def add_assessment(write: Write, held_on: str = "", **values: Any) -> dict[str, Any]:
    """A round with the instrument of today."""
    fixed = {"instrument": INSTRUMENT, "instrument_version": VERSION, "held_on": held_on or today()}
    row = add_record(write, Assessment, {**values, **fixed})
    return {"assessment": row.uuid, "name": row.name}


def change_assessment(write: Write, assessment: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Assessment, assessment, field="assessment")
    change_record(write, row, values)
    return {"assessment": row.uuid, "name": row.name}


def enter_card(write: Write, assessment: str, group: str, answers: str) -> dict[str, Any]:
    """One card; it gets the next number of the round and nothing that tells whose it is."""
    row, voters = _open(write, assessment), write.get(Group, group, field="group")
    given = parse_answers(answers)
    number = (
        write.db.scalar(select(func.max(AssessmentAnswer.card)).where(AssessmentAnswer.assessment == row.uuid))
        or "00000"
    )
    card = f"{int(number) + 1:05d}"
    for code, (word, score) in given.items():
        write.db.add(
            AssessmentAnswer(
                assessment=row.uuid, people_group=voters.uuid, card=card, question=code, answer=word, score=score
            )
        )
    write.db.flush()
    return {"card": int(card), "group": voters.name}


def parse_answers(text: str) -> dict[str, tuple[str, int | None]]:
    """Answers of a card: code -> (kind of answer, score).

    Raises
    ------
    UserError
        `governance.not_answers`, `governance.unknown_question`.
    """
    known = {question.code for question in read_questions()}
    out: dict[str, tuple[str, int | None]] = {}
    for part in text.replace(";", ",").replace("\n", ",").split(","):
        if not part.strip():
            continue
        code, equals, value = (piece.strip() for piece in part.partition("="))
        code = code.upper()
        if not equals:
            raise UserError("governance.not_answers", reason=part.strip())
        if code not in known:
            raise UserError("governance.unknown_question", question=code, known=", ".join(sorted(known, key=_number)))
        if code in out:
            raise UserError("governance.not_answers", reason=f"{code} × 2")
        if value in UNKNOWN:
            out[code] = (UNKNOWN[value], None)
        elif value.isdigit() and int(value) <= HIGHEST:
            out[code] = ("score", int(value))
        else:
            raise UserError("governance.not_answers", reason=part.strip())
    if not out:
        raise UserError("governance.not_answers", reason=text.strip() or "–")
    return out


def _number(code: str) -> tuple[int, str]:
    digits = "".join(ch for ch in code if ch.isdigit())
    return (int(digits or 0), code)


def remove_card(write: Write, assessment: str, card: int) -> dict[str, Any]:
    """Take a card out."""
    row = _open(write, assessment)
    rows = list(write.db.scalars(select(AssessmentAnswer).where(
        AssessmentAnswer.assessment == row.uuid, AssessmentAnswer.card == f"{card:05d}")))  # fmt: skip
    if not rows:
        raise UserError("governance.no_card", name=row.name, card=card)
    for item in rows:
        write.db.delete(item)
    return {"card": card}


def _open(write: Write, assessment: str) -> Assessment:
    row = write.get(Assessment, assessment, field="assessment")
    if row.status != "open":
        raise UserError("governance.closed", name=row.name)
    return row


def close_assessment(write: Write, assessment: str) -> dict[str, Any]:
    """Take no card any more."""
    row = _open(write, assessment)
    if not write.db.scalar(select(AssessmentAnswer.id).where(AssessmentAnswer.assessment == row.uuid).limit(1)):
        raise UserError("governance.no_cards", name=row.name)
    row.status = "closed"
    return {"assessment": row.uuid, "name": row.name}


def remove_assessment(write: Write, assessment: str) -> dict[str, Any]:
    """Remove a round with its cards."""
    return {"name": remove_record(write, write.get(Assessment, assessment, field="assessment"))}
