"""Photos of the library on paper: read with care (they are strangers'), made small enough, without what a camera wrote into them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.resources import read_content
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

    try:
        with Image.open(io.BytesIO(read_content(project, block.resource))) as opened:
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
