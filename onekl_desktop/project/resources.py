"""The bytes of documents and photos: within the file, or in the folder beside it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import undefer

from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.records import Resource


def read_content(project: ProjectFile, uuid: str) -> bytes:
    """The bytes of a resource; none where it is gone, a link, or its file cannot be read."""
    with project.read() as db:
        row = db.scalar(select(Resource).where(Resource.uuid == uuid).options(undefer(Resource.content)))
    if row is None:
        return b""
    if row.content is not None:
        return row.content
    path = project.files_folder / Path(row.file_name).name
    try:
        return path.read_bytes() if row.file_name and path.is_file() else b""
    except OSError:
        return b""
