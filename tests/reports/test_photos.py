"""Photos on paper: turned upright, small, without what the camera wrote; what is no picture is said so."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from onekl_desktop.engine import perform
from onekl_desktop.reports.page import Photo
from onekl_desktop.reports.photos import MOST_PIXELS, read_photo
from onekl_desktop.reports.write import write_report


def add_photo(session, path, name):
    return perform(session, "knowledge.add_resource", file=str(path), name=name)["resource"]


def test_a_photo_is_turned_made_small_and_stripped(session, tmp_path):
    picture = Image.new("RGB", (4000, 1000), "#336699")
    exif = picture.getexif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x010E] = "secret place"
    picture.save(tmp_path / "sheet.jpg", exif=exif)
    shot = read_photo(session.project, Photo(add_photo(session, tmp_path / "sheet.jpg", "Sheet")))
    assert (shot.width, shot.height) == (MOST_PIXELS // 4, MOST_PIXELS)
    with Image.open(io.BytesIO(shot.jpeg)) as clean:
        assert not clean.getexif() and b"secret" not in shot.jpeg


@pytest.mark.parametrize("content", [b"no picture", b"", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_said_on_the_page(session, tmp_path, content):
    (tmp_path / "bad.png").write_bytes(content)
    key = add_photo(session, tmp_path / "bad.png", "Bad")
    assert read_photo(session.project, Photo(key)) is None and read_photo(session.project, Photo("gone")) is None
    perform(session, "visioning.add_picture", name="Our map", resource="Bad")
    for suffix in ("pdf", "docx", "html"):
        assert write_report(session, "vision", tmp_path / f"v.{suffix}").exists()
    assert "The picture Our map" in PdfReader(tmp_path / "v.pdf").pages[0].extract_text()


def test_a_groups_picture_is_on_the_page(session, tmp_path):
    Image.new("RGB", (300, 200), "#884422").save(tmp_path / "sheet.png")
    add_photo(session, tmp_path / "sheet.png", "Sheet")
    perform(session, "visioning.add_picture", name="Our map", resource="Sheet")
    for suffix in ("pdf", "docx", "html"):
        write_report(session, "vision", tmp_path / f"v.{suffix}")
    assert len(PdfReader(tmp_path / "v.pdf").pages[0].images) == 1
    assert "data:image/jpeg" in (tmp_path / "v.html").read_text(encoding="utf-8")
