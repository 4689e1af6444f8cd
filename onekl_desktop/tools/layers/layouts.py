"""Page layouts kept in the project, so that an office prints all its maps alike."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.progress import Progress
from onekl_desktop.cartography.layout import LARGEST_LOGO, Layout, load_layout
from onekl_desktop.engine import Session
from onekl_desktop.project.editing import remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import MapLayout

PICTURES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


def prepare_save_layout(session: Session, progress: Progress, **fields: Any) -> dict[str, Any]:
    """Read the logo outside the transaction."""
    if fields.get("logo"):
        fields["picture"] = read_logo(Path(fields["logo"]))
    return {key: value for key, value in fields.items() if key != "logo"}


def read_logo(path: Path) -> str:
    """A PNG or JPEG as text for a layout.

    Raises
    ------
    UserError
        `print.logo`, or a problem of the medium.
    """
    try:
        data = path.read_bytes() if path.stat().st_size < LARGEST_LOGO else b""
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    text = base64.b64encode(data).decode()
    if not data.startswith(tuple(PICTURES)) or len(text) > LARGEST_LOGO:
        raise UserError("print.logo", file=path)
    return text


def save_layout(write: Write, name: str, picture: str = "", **fields: Any) -> dict[str, Any]:
    """Keep a layout under a name; one of that name is changed where something was given."""
    row = write.db.scalar(select(MapLayout).where(MapLayout.name == name))
    layout = load_layout(row.content) if row is not None else Layout()
    given = {key: value for key, value in fields.items() if value is not None and value != ""}
    if picture:
        given["logo"] = picture
    if given.get("scale") == 0:
        given["scale"] = None
    for key in ("title", "subtitle", "text"):
        if given.get(key) == "-":
            given[key] = ""
    content = replace(layout, **given).dump()
    if row is None:
        row = write.add(MapLayout(name=name, content=content))
    else:
        row.content = content
    return {"layout": row.uuid, "name": row.name}


def remove_layout(write: Write, layout: str) -> dict[str, Any]:
    """Take a layout out of the project."""
    return {"name": remove_record(write, write.get(MapLayout, layout, field="layout"))}
