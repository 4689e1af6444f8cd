"""Add, change and remove plain records: the part that is the same for all of them.

Operations say what is special; names, references between records and removals are kept here.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import func, select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import _
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Record, record_kinds
from onekl_desktop.project.references import LINKS, OPEN_LINKS, Link

R = TypeVar("R", bound=Record)


def word_of(kind: type[Record]) -> str:
    """What people call a kind of record."""
    return _(RECORD_WORDS.get(kind.kind, kind.kind))


def add_record(write: Write, kind: type[R], values: dict[str, Any]) -> R:
    """Add a record; references may be given by name, and a name must be free.

    Raises
    ------
    UserError
        `record.name_taken`, `record.missing`.
    """
    values = _resolve(write, kind, {key: value for key, value in values.items() if value is not None})
    if values.get("name"):
        check_name_free(write, kind, values["name"])
    return write.add(kind(**values))


def change_record(write: Write, row: Record, values: dict[str, Any]) -> None:
    """Change what was given (neither None nor ''); the rest stays."""
    kind = type(row)
    given = {key: value for key, value in values.items() if value not in (None, "")}
    name = given.get("name")
    if name and name != row.name:  # type: ignore[attr-defined]
        check_name_free(write, kind, name)
    for key, value in _resolve(write, kind, given).items():
        setattr(row, key, value)


def remove_record(write: Write, row: Record) -> str:
    """Remove a record with the rows that belong to it; refused while others refer to it.

    Returns
    -------
    The record's name.

    Raises
    ------
    UserError
        `record.in_use`.
    """
    name = str(getattr(row, "name", ""))
    users = _list_users(write, row)
    if users:
        raise UserError("record.in_use", kind=word_of(type(row)), name=name, users=", ".join(users))
    _remove_owned(write, row)
    write.remove(row)
    return name


def check_name_free(write: Write, kind: type[Record], name: str) -> None:
    """Refuse a name that another record of the kind has."""
    if write.db.scalar(select(kind.id).where(func.lower(kind.name) == name.lower()).limit(1)):  # type: ignore[attr-defined,arg-type]
        raise UserError("record.name_taken", kind=word_of(kind), name=name)


def get_subject(write: Write, subject_kind: str, subject: str) -> Record | None:
    """The record that another one is about; None when it is about none."""
    if not subject_kind or not subject:
        return None
    kind = record_kinds().get(subject_kind)
    if kind is None:
        known = _("There are: {names}.").format(names=", ".join(sorted(record_kinds())))
        raise UserError("record.missing", kind=_("kind of record"), value=subject_kind, known=known)
    return write.get(kind, subject, field="subject")


def _by_table() -> dict[str, type[Record]]:
    return {mapper.local_table.name: mapper.class_ for mapper in Record.registry.mappers}  # type: ignore[attr-defined]


def _resolve(write: Write, kind: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    kinds = _by_table()
    out = dict(values)
    for link in LINKS:
        given = values.get(link.column)
        if link.child == kind.__tablename__ and given and link.parent in kinds:
            out[link.column] = write.get(kinds[link.parent], given, field=link.column).uuid
    for child, kind_column, column in OPEN_LINKS:
        if child == kind.__tablename__ and values.get(column):
            subject = get_subject(write, values.get(kind_column, ""), values[column])
            out[column] = subject.uuid if subject is not None else ""
    return out


def _children(write: Write, row: Record, link: Link) -> list[Record]:
    child = _by_table().get(link.child)
    if child is None:
        return []
    return list(write.db.scalars(select(child).where(getattr(child, link.column) == row.uuid)))


def _list_users(write: Write, row: Record) -> list[str]:
    kinds = _by_table()
    users = []
    for link in LINKS:
        if link.parent != row.__tablename__ or link.owned or link.child not in kinds:
            continue
        count = len(_children(write, row, link))
        if count:
            users.append(f"{count} × {word_of(kinds[link.child])}")
    for child, _kind_column, column in OPEN_LINKS:
        kind = kinds[child]
        count = write.db.scalar(select(func.count(kind.id)).where(getattr(kind, column) == row.uuid)) or 0
        if count:
            users.append(f"{count} × {word_of(kind)}")
    return users


def _remove_owned(write: Write, row: Record) -> None:
    for link in LINKS:
        if link.owned and link.parent == row.__tablename__:
            for child in _children(write, row, link):
                _remove_owned(write, child)
                write.db.delete(child)
    write.db.flush()
