"""Release rules and bundles."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.decisions import today
from onekl_desktop.exchange.bundle.write import build_bundle
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.records import Bundle, Layer, ReleaseRule, record_kinds
from onekl_desktop.tools.commons.contents import gather_contents
from onekl_desktop.tools.commons.rules import NEVER, USUAL, releasable

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
