"""The typeface of reports: Noto Sans, shipped with the app."""

from __future__ import annotations

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from onekl_desktop.base.data import find_folder

REGULAR, BOLD = "NotoSans", "NotoSans-Bold"


def register() -> None:
    """Make the fonts known to ReportLab; cheap when done already."""
    if REGULAR in pdfmetrics.getRegisteredFontNames():
        return
    folder = find_folder("resources") / "fonts"
    pdfmetrics.registerFont(TTFont(REGULAR, str(folder / "NotoSans-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "NotoSans-Bold.ttf")))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
