"""The library with its documents, what they are evidence of, and the office's own glossary."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.engine import Session
from onekl_desktop.engine.subject_fields import check_place
from onekl_desktop.project.editing import add_record, change_record, get_subject, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Evidence, GlossaryTerm, Layer, Parked, Record, Resource

INSIDE_BYTES = 5 << 20
MOST_BYTES = 200 << 20

# ------------------------------------------------------------------ the library


def prepare_add_resource(
    session: Session, progress: Progress, file: str, name: str = "", **fields: Any
) -> dict[str, Any]:
    """Read the file and hash it; a large one is copied into the folder beside the project."""
    path = Path(file)
    try:
        if not path.exists():
            raise UserError("file.missing", file=path)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UserError("knowledge.too_large", file=path.name, size=size >> 20, limit=MOST_BYTES >> 20)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        content, stored = None, ""
        if size <= INSIDE_BYTES:
            content = path.read_bytes()
        else:
            folder = session.project.files_folder
            folder.mkdir(parents=True, exist_ok=True)
            stored = f"{slug(path.stem)}-{digest[:12]}{path.suffix.lower()}"
            part = folder / f".{stored}.{os.getpid()}.new"
            shutil.copyfile(path, part)
            os.replace(part, folder / stored)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    facts = {
        "file_name": stored or path.name,
        "size_bytes": size,
        "content_hash": digest,
        "content": content,
        "outside": bool(stored),
    }
    return {**fields, "name": name or path.stem, "file": facts}


def add_resource(
    write: Write, file: dict[str, Any], name: str, subject_kind: str = "", subject: str = "", **values: Any
) -> dict[str, Any]:
    """Keep a document or photo with its hash; one that is there already is not kept twice."""
    check_place(values)
    same = write.db.scalar(select(Resource).where(Resource.content_hash == file["content_hash"]).limit(1))
    if same is not None:
        raise UserError("knowledge.twice", file=file["file_name"], name=same.name)
    about = get_subject(write, subject_kind, subject)
    media = mimetypes.guess_type(file["file_name"])[0] or "application/octet-stream"
    if file["outside"]:
        write.db.add(Parked(file_name=file["file_name"]))  # swept on close if an undo took it out
    row = add_record(write, Resource, {
        **values, "name": name, "resource_type": "photo" if media.startswith("image/") else "document", "media_type": media,
        "file_name": file["file_name"], "size_bytes": file["size_bytes"], "content_hash": file["content_hash"], "content": file["content"],
        "subject_kind": subject_kind if about else "", "subject": about.uuid if about else ""})  # fmt: skip
    return {"resource": row.uuid, "name": row.name}


def add_link(write: Write, **values: Any) -> dict[str, Any]:
    """A document that stays where it is."""
    check_place(values)
    row = add_record(write, Resource, {**values, "resource_type": "link"})
    return {"resource": row.uuid, "name": row.name}


def remove_resource(write: Write, resource: str) -> dict[str, Any]:
    """Remove one that nothing refers to."""
    row = write.get(Resource, resource, field="resource")
    if row.content_hash and row.content is None and row.file_name:
        write.db.add(Parked(file_name=row.file_name))
    return {"name": remove_record(write, row)}


def add_layer(write: Write, layer: str, **values: Any) -> dict[str, Any]:
    """A layer of the project as an entry of the library, with the layer's own licence, source and year."""
    shown = write.get(Layer, layer, field="layer")
    given = {"name": shown.name, "licence": shown.licence, "source": shown.source, "year": shown.year}
    given.update({key: value for key, value in values.items() if value not in (None, "")})
    row = add_record(write, Resource, {**given, "layer": shown.uuid, "resource_type": "layer"})
    return {"resource": row.uuid, "name": row.name}


def change_resource(write: Write, resource: str, **values: Any) -> dict[str, Any]:
    """Change what is said about it; the file stays as it is."""
    row = write.get(Resource, resource, field="resource")
    check_place(values)
    change_record(write, row, values)
    return {"resource": row.uuid, "name": row.name}


# ------------------------------------------------------------------ evidence


def attach_evidence(write: Write, resource: str, subject_kind: str, subject: str, note: str = "") -> dict[str, Any]:
    """A resource speaks for a record; the hash of its file is kept, so that a later change of the file shows."""
    row, about = _evidence_of(write, resource, subject_kind, subject)
    found = _find_evidence(write, row, about)
    if found is None:
        found = write.add(Evidence(subject_kind=subject_kind, subject=about.uuid, resource=row.uuid))
    found.content_hash, found.note = row.content_hash, note or found.note
    return {"evidence": found.uuid, "name": row.name, "subject": str(getattr(about, "name", ""))}


def detach_evidence(write: Write, resource: str, subject_kind: str, subject: str) -> dict[str, Any]:
    """It no longer speaks for the record."""
    row, about = _evidence_of(write, resource, subject_kind, subject)
    found = _find_evidence(write, row, about)
    if found is None:
        raise UserError("knowledge.not_attached", name=row.name, subject=getattr(about, "name", ""))
    write.remove(found)
    return {"name": row.name, "subject": str(getattr(about, "name", ""))}


def _evidence_of(write: Write, resource: str, subject_kind: str, subject: str) -> tuple[Resource, Record]:
    row, about = write.get(Resource, resource, field="resource"), get_subject(write, subject_kind, subject)
    if about is None:
        raise UserError("knowledge.no_subject", name=row.name)
    return row, about


def _find_evidence(write: Write, resource: Resource, about: Record) -> Evidence | None:
    return write.db.scalar(
        select(Evidence).where(Evidence.resource == resource.uuid, Evidence.subject == about.uuid).limit(1)
    )


# ------------------------------------------------------------------ the glossary


def add_term(write: Write, **values: Any) -> dict[str, Any]:
    """A word as this office uses it."""
    row = add_record(write, GlossaryTerm, values)
    return {"glossary_term": row.uuid, "name": row.name}


def change_term(write: Write, glossary_term: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(GlossaryTerm, glossary_term, field="glossary_term")
    change_record(write, row, values)
    return {"glossary_term": row.uuid, "name": row.name}


def remove_term(write: Write, glossary_term: str) -> dict[str, Any]:
    """The word that comes along is shown again."""
    return {"name": remove_record(write, write.get(GlossaryTerm, glossary_term, field="glossary_term"))}
