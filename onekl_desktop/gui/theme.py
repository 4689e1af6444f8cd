"""The look: tokens for light and dark, one style sheet, one spacing scale, one radius, three text sizes."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from onekl_desktop.base.data import find_folder
from onekl_desktop.project.folders import cache_folder

XS, S, M, L, XL = 4, 8, 12, 16, 24
RADIUS = 6


@dataclass(frozen=True)
class Tokens:
    """Colours by role. Text on its ground has a contrast of at least 4.5 : 1 (a test computes it)."""

    ground: str
    surface: str
    raised: str
    sunken: str
    hair: str
    border: str
    ink: str
    soft: str
    accent: str
    accent_ink: str
    accent_ground: str
    good: str
    warn: str
    warn_ground: str
    bad: str
    bad_ground: str
    info: str
    info_ground: str
    map_ground: str
    selection: str


LIGHT = Tokens(
    ground="#f4f6f5", surface="#ffffff", raised="#ffffff", sunken="#eef2f0", hair="#dfe6e2", border="#b9c5bf", ink="#1e2b26",
    soft="#56655e", accent="#1d6b51", accent_ink="#ffffff", accent_ground="#e0efe8", good="#1d6b51", warn="#7a5000",
    warn_ground="#fff2d6", bad="#a32a1e", bad_ground="#fde8e5", info="#1f5a8a", info_ground="#e3eff8", map_ground="#fbfcfb",
    selection="#cfe6db",
)  # fmt: skip
DARK = Tokens(
    ground="#141a18", surface="#1b2320", raised="#222c28", sunken="#161d1a", hair="#2c3833", border="#4a5a53", ink="#e6ede9",
    soft="#a5b4ad", accent="#63c39d", accent_ink="#0d1713", accent_ground="#20382e", good="#63c39d", warn="#f1c36d",
    warn_ground="#3a2f17", bad="#ff9a8c", bad_ground="#44231f", info="#8fc4ef", info_ground="#1f3242", map_ground="#1f2724",
    selection="#2b4a3d",
)  # fmt: skip


def is_dark(choice: str) -> bool:
    """Whether a theme setting (system, light, dark) means dark now."""
    if choice == "system":
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return choice == "dark"


def apply_theme(app: QApplication, choice: str) -> Tokens:
    """Give the whole application its palette and style sheet; returns the tokens in use."""
    tokens = DARK if is_dark(choice) else LIGHT
    app.setStyle("Fusion")
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.ground, QPalette.ColorRole.WindowText: tokens.ink, QPalette.ColorRole.Base: tokens.surface,
        QPalette.ColorRole.AlternateBase: tokens.sunken, QPalette.ColorRole.Text: tokens.ink, QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.ButtonText: tokens.ink, QPalette.ColorRole.Highlight: tokens.selection, QPalette.ColorRole.HighlightedText: tokens.ink,
        QPalette.ColorRole.ToolTipBase: tokens.raised, QPalette.ColorRole.ToolTipText: tokens.ink, QPalette.ColorRole.PlaceholderText: tokens.soft,
        QPalette.ColorRole.Link: tokens.accent, QPalette.ColorRole.Mid: tokens.border, QPalette.ColorRole.Dark: tokens.border,
    }  # fmt: skip
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.soft))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet(tokens, write_arrows(tokens)))
    app.setProperty("onekl_dark", tokens is DARK)
    return tokens


def current_tokens() -> Tokens:
    """The tokens in use."""
    app = QGuiApplication.instance()
    return DARK if app is not None and app.property("onekl_dark") else LIGHT


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def write_arrows(tokens: Tokens) -> str:
    """Arrows of boxes in the theme's ink, as files because style sheets take nothing else; returns their folder."""
    folder = cache_folder() / "theme"
    folder.mkdir(parents=True, exist_ok=True)
    for name, colour in (("up", tokens.soft), ("down", tokens.soft), ("check", tokens.accent_ink)):
        text = (find_folder("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        target = folder / f"{name}-{tokens.soft[1:]}.svg"
        if not target.exists():
            target.write_text(
                text.replace('color="#22322c"', f'color="{colour}"').replace("currentColor", colour), encoding="utf-8"
            )
    return folder.as_posix()


def style_sheet(tokens: Tokens, arrows: str = "") -> str:
    """The application's style sheet."""
    text = _SHEET.replace("@arrows", f"{arrows}").replace("@tint", tokens.soft[1:])
    for item in sorted(fields(tokens), key=lambda item: -len(item.name)):
        text = text.replace(f"@{item.name}", getattr(tokens, item.name))
    return text


_SHEET = f"""
* {{ outline: none; }}
QWidget {{ color: @ink; }}
QToolTip {{ background: @raised; color: @ink; border: 1px solid @border; padding: {XS}px {S}px; }}
QLabel[role="title"] {{ font-size: 15pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-weight: 600; }}
QLabel[role="soft"] {{ color: @soft; }}
QLabel[role="small"] {{ color: @soft; font-size: 8.500pt; }}
QLabel[role="problem"] {{ color: @bad; font-size: 8.500pt; }}
QLabel[role="badge"] {{ background: @warn_ground; color: @warn; border-radius: {XS}px; padding: 2px {S}px; font-weight: 600; font-size: 8.500pt; }}
QLabel[chip="current"] {{ background: @accent_ground; color: @good; border-radius: {XS}px; padding: 2px {S}px; font-weight: 600; font-size: 8.500pt; }}
QLabel[chip="stale"], QLabel[chip="blocked"] {{ background: @warn_ground; color: @warn; border-radius: {XS}px; padding: 2px {S}px; font-weight: 600; font-size: 8.500pt; }}
QLabel[chip="missing"] {{ background: @info_ground; color: @info; border-radius: {XS}px; padding: 2px {S}px; font-weight: 600; font-size: 8.500pt; }}
QFrame[role="panel"], QWidget[role="panel"] {{ background: @surface; }}
QFrame[role="card"] {{ background: @raised; border: 1px solid @hair; border-radius: {RADIUS}px; }}
QFrame[role="bar"] {{ background: @surface; border-bottom: 1px solid @hair; }}
QFrame[role="rail"] {{ background: @surface; border-right: 1px solid @hair; }}
QFrame[role="drawer"] {{ background: @surface; border-top: 1px solid @hair; }}
QFrame[role="side"] {{ background: @surface; border-left: 1px solid @hair; }}
QFrame[role="line"] {{ background: @hair; max-height: 1px; min-height: 1px; border: none; }}
QFrame[message="info"] {{ background: @info_ground; border-radius: {RADIUS}px; }} QFrame[message="info"] QLabel {{ color: @info; }}
QFrame[message="good"] {{ background: @accent_ground; border-radius: {RADIUS}px; }} QFrame[message="good"] QLabel {{ color: @good; }}
QFrame[message="warning"] {{ background: @warn_ground; border-radius: {RADIUS}px; }} QFrame[message="warning"] QLabel {{ color: @warn; }}
QFrame[message="error"] {{ background: @bad_ground; border-radius: {RADIUS}px; }} QFrame[message="error"] QLabel {{ color: @bad; }}
QPushButton {{ background: @raised; border: 1px solid @border; border-radius: {RADIUS}px; padding: 5px {M}px; min-height: 20px; }}
QPushButton:hover {{ background: @sunken; }} QPushButton:pressed {{ background: @selection; }}
QPushButton:focus {{ border: 2px solid @accent; padding: {XS}px 11px; }}
QPushButton:disabled {{ color: @soft; border-color: @hair; background: @sunken; }}
QPushButton[primary="true"] {{ background: @accent; color: @accent_ink; border-color: @accent; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ border-color: @ink; }} QPushButton[primary="true"]:focus {{ border: 2px solid @ink; }}
QPushButton[primary="true"]:disabled {{ background: @sunken; color: @soft; border-color: @hair; }}
QPushButton[choice="true"] {{ text-align: left; padding: {S}px {M}px; }}
QPushButton:checked {{ background: @accent_ground; border-color: @accent; color: @accent; }}
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: {RADIUS}px; padding: {XS}px; }}
QToolButton:hover {{ background: @sunken; }} QToolButton:pressed, QToolButton:checked {{ background: @accent_ground; }}
QToolButton:focus {{ border: 1px solid @accent; }} QToolButton:disabled {{ color: @soft; }}
QToolButton[floating="true"] {{ background: @raised; border: 1px solid @hair; }} QToolButton[floating="true"]:focus {{ border: 1px solid @accent; }}
QToolButton[rail="true"] {{ border-radius: 0; border: none; border-left: 3px solid transparent; padding: {S}px {XS}px; font-size: 8.500pt; }}
QToolButton[rail="true"]:checked {{ background: @accent_ground; border-left-color: @accent; color: @accent; }}
QToolButton[rail="true"]:focus {{ border-left-color: @ink; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ background: @surface; border: 1px solid @border; border-radius: {RADIUS}px; padding: {XS}px {S}px; selection-background-color: @selection; selection-color: @ink; min-height: 20px; }}
QPlainTextEdit {{ min-height: 64px; }}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{ border: 2px solid @accent; padding: 3px 7px; }}
QLineEdit[wrong="true"], QSpinBox[wrong="true"], QDoubleSpinBox[wrong="true"], QComboBox[wrong="true"], QPlainTextEdit[wrong="true"] {{ border: 1px solid @bad; }}
QComboBox::drop-down {{ border: none; width: 24px; }} QComboBox::down-arrow {{ image: url("@arrows/down-@tint.svg"); width: 14px; height: 14px; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ border: none; width: 22px; background: transparent; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url("@arrows/up-@tint.svg"); width: 11px; height: 11px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url("@arrows/down-@tint.svg"); width: 11px; height: 11px; }}
QTableView::item {{ padding: 0 {S}px; }}
QComboBox QAbstractItemView {{ background: @raised; border: 1px solid @border; selection-background-color: @selection; selection-color: @ink; padding: {XS}px; }}
QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid @border; border-radius: {XS}px; background: @surface; }}
QCheckBox::indicator:checked {{ background: @accent; border-color: @accent; image: url("@arrows/check-@tint.svg"); }}
QCheckBox::indicator:indeterminate {{ background: @sunken; border-style: dashed; }}
QListView::item, QListWidget::item {{ min-height: 22px; }}
QListView::indicator {{ width: 14px; height: 14px; border: 1px solid @border; border-radius: 3px; background: @surface; }}
QListView::indicator:checked {{ background: @accent; border-color: @accent; image: url("@arrows/check-@tint.svg"); }}
QCheckBox, QRadioButton {{ spacing: {S}px; }} QCheckBox:focus {{ color: @accent; }}
QListView, QTreeView, QTableView, QListWidget, QTreeWidget {{ background: @surface; border: 1px solid @hair; border-radius: {RADIUS}px; alternate-background-color: @sunken; gridline-color: @hair; }}
QTableView {{ selection-background-color: @selection; selection-color: @ink; }}
QListView::item, QTreeView::item, QListWidget::item, QTreeWidget::item {{ padding: {XS}px; border-radius: {XS}px; }}
QListView::item:selected, QTreeView::item:selected, QListWidget::item:selected, QTreeWidget::item:selected {{ background: @selection; color: @ink; }}
QListView:focus, QTreeView:focus, QTableView:focus {{ border: 1px solid @accent; }}
QHeaderView::section {{ background: @surface; color: @soft; border: none; border-bottom: 1px solid @border; padding: {XS}px {S}px; font-weight: 600; font-size: 8.500pt; }}
QTableCornerButton::section {{ background: @surface; border: none; }}
QTabBar::tab {{ padding: 6px {M}px; border: none; border-bottom: 2px solid transparent; color: @soft; background: transparent; }}
QTabBar::tab:selected {{ color: @accent; border-bottom-color: @accent; font-weight: 600; }} QTabBar::tab:hover {{ color: @ink; }}
QTabBar::tab:focus {{ color: @ink; }} QTabWidget::pane {{ border: none; border-top: 1px solid @hair; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }} QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: @border; border-radius: {XS}px; min-height: 28px; min-width: 28px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }} QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: @hair; }} QSplitter::handle:hover {{ background: @accent; }}
QProgressBar {{ background: @sunken; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; text-align: center; }} QProgressBar::chunk {{ background: @accent; border-radius: 3px; }}
QMenu {{ background: @raised; border: 1px solid @border; padding: {XS}px; }} QMenu::item {{ padding: 5px {XL}px 5px {M}px; border-radius: {XS}px; }} QMenu::item:selected {{ background: @selection; }}
QMenu::item:disabled {{ color: @soft; }} QMenu::separator {{ height: 1px; background: @hair; margin: {XS}px; }}
QMenuBar {{ background: @surface; border-bottom: 1px solid @hair; }} QMenuBar::item {{ padding: 5px {M}px; background: transparent; }} QMenuBar::item:selected {{ background: @selection; border-radius: {XS}px; }}
QStatusBar {{ background: @surface; border-top: 1px solid @hair; color: @soft; }} QStatusBar::item {{ border: none; }} QStatusBar QLabel {{ color: @soft; padding: 0 {S}px; }}
QSlider::groove:horizontal {{ height: 4px; background: @hair; border-radius: 2px; }} QSlider::handle:horizontal {{ background: @accent; width: 14px; margin: -5px 0; border-radius: 7px; }}
QSlider::handle:horizontal:focus {{ border: 2px solid @ink; }}
QDialog {{ background: @ground; }} QMessageBox {{ background: @ground; }}
"""
