"""Photos of the library on paper: read with care (they are strangers'), made small enough, without what a camera wrote into them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import undefer

from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.records import Resource
from onekl_desktop.reports.page import Photo

MOST_PIXELS = 1600  # of the longer side: enough for the width of a page
MOST_READ = 60_000_000  # pixels of a photo that is opened at all


@dataclass(frozen=True)
class Shot:
    """A photo as JPEG with its proportions."""

    jpeg: bytes
    width: int
    height: int


def read_photo(project: ProjectFile, block: Photo) -> Shot | None:
    """The photo, or None where it is gone or cannot be read as a picture."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    with project.read() as db:
        row = db.scalar(select(Resource).where(Resource.uuid == block.resource).options(undefer(Resource.content)))
    if row is None:
        return None
    try:
        content = row.content
        if content is None:
            path = project.files_folder / Path(row.file_name).name
            content = path.read_bytes() if row.file_name and path.is_file() else b""
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_READ:
                return None
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    picture.thumbnail((MOST_PIXELS, MOST_PIXELS))
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    buffer = io.BytesIO()
    clean.save(buffer, format="JPEG", quality=85)
    return Shot(buffer.getvalue(), clean.width, clean.height)
