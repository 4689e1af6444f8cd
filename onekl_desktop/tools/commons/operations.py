"""Release rules, documents and bundles."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.decisions import today
from onekl_desktop.exchange.bundle.write import build_bundle
from onekl_desktop.project.editing import add_record, get_subject, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.records import Bundle, Layer, Parked, ReleaseRule, Resource, record_kinds
from onekl_desktop.tools.commons.contents import gather_contents
from onekl_desktop.tools.commons.rules import NEVER, USUAL, releasable

INSIDE_BYTES = 5 << 20
MOST_BYTES = 200 << 20


# ------------------------------------------------------------------ rules


def release_usual(write: Write, audience: str = "public") -> dict[str, Any]:
    """The fields that most landscapes release."""
    count = sum(_allow(write, kind, name, audience) for kind, names in USUAL.items() for name in names)
    return {"count": count}


def release(write: Write, record_kind: str, fields: str, audience: str = "public") -> dict[str, Any]:
    """Let fields of a kind of record leave."""
    known = _known_fields(record_kind)
    names = [name.strip() for name in fields.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise UserError("commons.no_field", kind=record_kind, name=name, known=", ".join(known))
    for name in names:
        _allow(write, record_kind, name, audience)
    return {"record_kind": record_kind, "fields": ", ".join(names)}


def _known_fields(record_kind: str) -> list[str]:
    if record_kind in NEVER:
        raise UserError("commons.never", kind=record_kind)
    known = releasable(record_kind)
    if not known:
        kinds = ", ".join(sorted(kind for kind in record_kinds() if kind not in NEVER))
        raise UserError("record.missing", kind=_("kind of record"), value=record_kind, known=kinds)
    return known


def _allow(write: Write, kind: str, name: str, audience: str, subject: str = "") -> bool:
    rule = write.db.scalar(select(ReleaseRule).where(
        ReleaseRule.record_kind == kind, ReleaseRule.field == name, ReleaseRule.subject == subject))  # fmt: skip
    if rule is None:
        write.add(ReleaseRule(record_kind=kind, field=name, subject=subject, audience=audience))
        return True
    changed = rule.audience != audience
    rule.audience = audience
    return changed


def take_back(write: Write, record_kind: str, fields: str = "") -> dict[str, Any]:
    """Keep fields here from now on."""
    names = [name.strip() for name in fields.split(",") if name.strip()]
    gone = delete(ReleaseRule).where(ReleaseRule.record_kind == record_kind, ReleaseRule.subject == "")
    write.db.execute(gone.where(ReleaseRule.field.in_(names)) if names else gone)
    return {"record_kind": record_kind, "fields": ", ".join(names) or _("all fields")}


def release_layer(write: Write, layer: str, columns: str = "", audience: str = "public") -> dict[str, Any]:
    """Let a layer leave: its places and named columns, or the cells of a raster."""
    row = write.get(Layer, layer, field="layer")
    if not row.licence:
        raise UserError("commons.no_licence", name=row.name)
    names = [name.strip() for name in columns.split(",") if name.strip()]
    if row.data_kind == "raster":
        wanted = ["cells"]
    else:
        known = [name for name, _kind in list_columns(write.raw, row.table_name)]
        for name in names:
            if name not in known:
                raise UserError("commons.no_field", kind=row.name, name=name, known=", ".join(known))
        wanted = ["geom", *(names or ([row.name_column] if row.name_column else []))]
    write.db.execute(delete(ReleaseRule).where(ReleaseRule.record_kind == "layer", ReleaseRule.subject == row.uuid))
    for name in wanted:
        _allow(write, "layer", name, audience, row.uuid)
    return {"layer": row.uuid, "name": row.name}


def take_back_layer(write: Write, layer: str) -> dict[str, Any]:
    """Keep a layer here from now on."""
    row = write.get(Layer, layer, field="layer")
    write.db.execute(delete(ReleaseRule).where(ReleaseRule.record_kind == "layer", ReleaseRule.subject == row.uuid))
    return {"layer": row.uuid, "name": row.name}


# ------------------------------------------------------------------ documents


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
            raise UserError("commons.too_large", file=path.name, size=size >> 20, limit=MOST_BYTES >> 20)
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
    """Keep a document or photo with its hash."""
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
    row = add_record(write, Resource, {**values, "resource_type": "link"})
    return {"resource": row.uuid, "name": row.name}


def remove_resource(write: Write, resource: str) -> dict[str, Any]:
    """Remove one that nothing refers to."""
    row = write.get(Resource, resource, field="resource")
    if row.content_hash and row.content is None and row.file_name:
        write.db.add(Parked(file_name=row.file_name))
    return {"name": remove_record(write, row)}


# ------------------------------------------------------------------ bundles


def prepare_make_bundle(
    session: Session, progress: Progress, out: str, audience: str = "public", licence: str = ""
) -> dict[str, Any]:
    """Write the file under a temporary name; it gets its own name when the release is recorded."""
    target = Path(out)
    if target.suffix.lower() != ".zip":
        target = target.with_name(target.name + ".zip")
    if target.exists():
        raise UserError("file.exists", file=target)
    contents = gather_contents(session, audience, licence, progress.part(0.0, 0.3))
    if not contents.parts and not contents.files:
        raise UserError("commons.nothing")
    part, digest = build_bundle(contents, target, progress.part(0.3, 1.0))
    return {
        "out": str(target), "audience": audience, "licence": licence,
        "built": {"part": part, "digest": digest, "rows": contents.rows, "version": contents.facts["version"]},
    }  # fmt: skip


def make_bundle(
    write: Write, out: str, built: dict[str, Any], audience: str = "public", licence: str = ""
) -> dict[str, Any]:
    """Record the release and put the file in its place."""
    target, part = Path(out), Path(built["part"])
    row = write.add(Bundle(
        name=f"{write.landscape.name} {built['version']}", version=built["version"], audience=audience, licence=licence, released_on=today(),
        file_name=target.name, manifest_hash=built["digest"], rows=built["rows"]))  # fmt: skip
    try:
        os.replace(part, target)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise explain_os_error(problem, target) from None
    return {
        "bundle": row.uuid,
        "version": row.version,
        "rows": built["rows"],
        "file": str(target),
        "manifest": built["digest"],
    }


def withdraw_bundle(write: Write, bundle: str) -> dict[str, Any]:
    """The next bundle lists this one as withdrawn."""
    row = write.get(Bundle, bundle, field="bundle")
    if row.withdrawn_on:
        raise UserError("commons.withdrawn", version=row.version)
    row.withdrawn_on = today()
    return {"bundle": row.uuid, "version": row.version}
