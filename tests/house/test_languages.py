"""Nothing untranslated, nothing clipped: the catalogues, and every panel and page in each language."""

from __future__ import annotations

import ast
import csv
import gettext
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QTableView,
    QToolButton,
    QWidget,
)

from onekl_desktop.app.window import MainWindow
from onekl_desktop.base import translate
from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.messages import MESSAGES
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import LANGUAGES, _, set_glossary, set_language
from onekl_desktop.engine import Session
from onekl_desktop.engine.registry import discover
from onekl_desktop.engine.settings import Settings, use_language
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.dialogs.settings import SettingsDialog
from onekl_desktop.gui.kit import VerticalScroll
from onekl_desktop.gui.language import QT_TEXTS, use_qt_language
from onekl_desktop.gui.theme import apply_theme
from onekl_desktop.reports.write import list_subjects, write_report
from onekl_desktop.tools.scenarios.sample import build_sample_project

ROOT = Path(__file__).resolve().parents[2]
OTHERS = [code for code in LANGUAGES if code != "en"]
# Texts that are right to be the same in another language: names, units, codes, and words that the languages share.
SAME_ENOUGH = 0.12
# Words of the sample project itself: data, not texts of the app.
RECIPE = (
    "".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("sample_projects/north_sumatra/recipe.json", "resources/catalogues/practices.csv")
    )
    + "Land without a claim"
)  # the name of a planning unit, in the language of the one who made the units


def read_catalogue(language):
    with (ROOT / "i18n" / language / "LC_MESSAGES" / "onekl.po").open("rb") as stream:
        return [message for message in read_po(stream, locale=language) if message.id]


def forms(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def blanks(text):
    return sorted(name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None)


# ------------------------------------------------------------------ catalogues


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_with_its_blanks(language):
    same = 0
    messages = read_catalogue(language)
    for message in messages:
        source = [message.id] if isinstance(message.id, str) else list(message.id)
        assert all(forms(message)), f"{language}: no translation of {source[0]!r}"
        for text in forms(message):
            assert blanks(text) == blanks(source[0]), f"{language}: {text!r}"
            assert (
                text.strip() and (text[0] == " ") == (source[0][0] == " ") and text.count("`") == source[0].count("`")
            ), text
        same += forms(message)[0] == source[0]
    assert same / len(messages) < SAME_ENOUGH


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_the_written_one(language):
    with (ROOT / "i18n" / language / "LC_MESSAGES" / "onekl.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in read_catalogue(language):
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string
        else:
            assert (
                compiled.ngettext(*message.id, 1) == message.string[0]
                and compiled.ngettext(*message.id, 5) == message.string[-1]
            )


def told_raw(tree):
    """Words in a problem's blanks that no translator sees: constants and f-strings without `_`."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name not in ("UserError", "make_problem", "broken"):
            continue
        given = [word.value for word in call.keywords] + (call.args if name == "broken" else [])
        for value in given:
            parts = value.values if isinstance(value, ast.JoinedStr) else [value]
            if any(
                isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search("[a-z]{2,} ?|[a-z] [a-z]", part.value)
                and " " in part.value for part in parts
            ):  # fmt: skip
                yield call.lineno


def test_the_reasons_in_problems_are_translated():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "onekl_desktop").rglob("*.py"))
        for line in told_raw(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
    assert list(told_raw(ast.parse('UserError("a.b", reason=f"{name} is a link")'))) == [1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_fills_its_blanks(language):
    set_language(language)
    facts = {name: f"<{name}>" for message in MESSAGES.values() for name in blanks(message.text + message.remedy)}
    for code in MESSAGES:
        problem = make_problem(
            code, row=3, **{name: value for name, value in facts.items() if name not in ("row", "field", "severity")}
        )
        assert "{" not in problem.message + problem.remedy and "?" not in re.sub(
            r"\?( |$|\)|»)", "", problem.message
        ), problem


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_pages_are_there_in_each_language(language):
    set_language(language)
    english = {}
    for entry in discover().entries:
        name = "help.md" if language == "en" else f"help.{language}.md"
        path = entry.folder / name
        assert path.exists(), path
        text = entry.help_text()
        english[entry.spec.id] = (entry.folder / "help.md").read_text(encoding="utf-8")
        assert text.startswith("# ") and text.count("\n## ") == english[entry.spec.id].count("\n## ")
        assert language == "en" or text != english[entry.spec.id]


# ------------------------------------------------------------------ the office's own words


def test_an_office_uses_its_own_words():
    set_language("id")
    assert _("Scenario") == "Skenario" and "skenario" in _("Choose another scenario.")
    set_glossary("term,id\nscenario,rancangan\n")
    assert _("Scenario") == "Rancangan" and "rancangan" in _("Choose another scenario.")
    assert "{scenario}" in _("Copied the scenario {scenario} as {name}")
    set_glossary()
    assert _("Scenario") == "Skenario"


def test_a_glossary_that_is_none_is_told_and_left_aside(tmp_path):
    settings = Settings()
    (tmp_path / "g.csv").write_text("word,id\nscenario,x\n")
    settings.set("glossary", str(tmp_path / "g.csv"))
    assert use_language(settings).code == "setting.glossary"
    settings.set("glossary", str(tmp_path / "none.csv"))
    assert use_language(settings).code == "setting.glossary"
    (tmp_path / "g.csv").write_text("term,en\nnothing of ours,x\n")
    settings.set("glossary", str(tmp_path / "g.csv"))
    assert isinstance(use_language(settings), UserError)


def test_the_glossary_is_what_the_catalogues_say():
    with (ROOT / "i18n" / "glossary.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for language in OTHERS:
        texts = " ".join(text for message in read_catalogue(language) for text in forms(message)).lower()
        for row in rows:
            assert row[language].lower() in texts, (language, row["term"])


def test_the_buttons_of_qt_speak_the_language(qapp):
    try:
        for language in OTHERS:
            set_language(language)
            use_qt_language(qapp)
            told = [qapp.translate("QPlatformTheme", text) for text in ("Cancel", "&Save", "Close")]
            assert "Cancel" not in told and "&Save" not in told and "Close" not in told, told
            left = [
                qapp.translate("QColorDialog", "Cursor at %1 (%2)\nPress ESC to cancel"),
                qapp.translate("No", "never seen"),
            ]
            assert all(left) and left[1] == "never seen", "what we do not say ourselves stays Qt's, never empty"
        assert len(QT_TEXTS) > 30
    finally:
        set_language("en")
        use_qt_language(qapp)


# ------------------------------------------------------------------ the window


def widgets_of(top):
    return [widget for widget in top.findChildren(QWidget) if widget.isVisibleTo(top)]


def texts_of(top):
    """What a person reads in a window, with the widget that shows it."""
    for widget in widgets_of(top):
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget, widget.text()
        if isinstance(widget, QLineEdit):
            yield widget, widget.placeholderText()
        if isinstance(widget, QComboBox):
            yield from ((widget, widget.itemText(at)) for at in range(widget.count()))
        if isinstance(widget, QGroupBox):
            yield widget, widget.title()
        if isinstance(widget, QTableView) and widget.model() is not None:
            for at in range(widget.model().columnCount()):
                yield widget, str(widget.model().headerData(at, Qt.Orientation.Horizontal) or "")
        if isinstance(widget, QMenuBar):
            yield from ((widget, action.text()) for action in widget.actions())
        for tip in (widget.toolTip(), widget.accessibleName()):
            yield widget, tip


KNOWN = {message.id for message in read_catalogue("id") if isinstance(message.id, str)}


class Marked(gettext.NullTranslations):
    """A language in which every translated text stands in brackets; texts that translators never saw stay bare."""

    def gettext(self, message):
        if message not in KNOWN:
            return message
        return f"⟦{message}⟧"

    def ngettext(self, one, many, count):
        return f"⟦{one if count == 1 else many}⟧"


# What is no text of ours: names that are the same everywhere, units, keys, and what comes from the data.
NO_TEXT = re.compile(
    r"1KL Desktop|EPSG:\d+|\b[A-Z]{3}( \d{4})?\b|\b(ha|mm|min|km²)\b|t/ha|#\w+|Ctrl\+?\w*|Zzz|zzz|English|Bahasa Indonesia|Français|Español"
    r"|\.[a-z]{2,8}\b|NAME=\w+|JSON|GeoJSON|YYYY|[a-z_]+\.csv"
)


# The baseline's name and story are records, written in the language in which the project was made; Qt's own come with Qt.
GIVEN_AT_MAKING = (
    "Baseline",
    "The future without interventions: the land cover stays as on the map.",
    "Scroll Left",
    "Scroll Right",
)


@pytest.fixture
def plain_project(tmp_path, registry):
    import shapely

    from onekl_desktop.engine.new import make_project
    from onekl_desktop.project.records import Landscape

    path = tmp_path / "zzz.gpkg"
    make_project(
        path,
        Landscape(name="Zzz", crs="EPSG:32647", geom=shapely.box(500_000, 300_000, 510_000, 310_000), area_ha=10_000.0),
    )
    return path


def test_no_panel_and_no_form_shows_a_text_that_translators_never_saw(qtbot, registry, plain_project):
    translate._current[0] = ("en", Marked())
    apply_theme(QApplication.instance(), "light")
    window = MainWindow(Settings(), registry)
    qtbot.addWidget(window)
    window.show()
    found: list[str] = []
    seen: set[str] = set()

    def look(top, where):
        for _widget, text in texts_of(top):
            seen.add(text)
            if text in GIVEN_AT_MAKING:
                continue
            rest = NO_TEXT.sub("", re.sub(r"⟦[^⟧]*⟧", "", text))
            if re.search(r"[A-Za-z]{3,}", rest):
                found.append(f"{where}: {text!r}")

    window.open_project(plain_project)
    for entry in registry.entries:
        window.view.show_tool(entry.spec.id)
        panel = window.view._panels[entry.spec.id]
        for page in getattr(panel, "pages", {"": None}):
            if page:
                panel.show_page(page)
            look(window, entry.spec.id)
        for operation in entry.spec.operations:
            dialog = OperationDialog(window.view.desk, f"{entry.spec.id}.{operation.id}", operation)
            qtbot.addWidget(dialog)
            look(dialog, f"{entry.spec.id}.{operation.id}")
            dialog.close()
    dialog = SettingsDialog(window.settings, window.view.desk)
    qtbot.addWidget(dialog)
    look(dialog, "settings")
    dialog.close()
    qtbot.waitUntil(lambda: window.view.canvas.up_to_date and not window.view.session.jobs.busy, timeout=20_000)
    window.close()
    qtbot.wait(10)
    set_language("en")
    assert sum("⟦" in text for text in seen) > 600  # it did look
    assert not found, "\n".join(sorted(set(found)))


def clipped(top):
    """Texts that have less room than they need."""
    for widget in widgets_of(top):
        if isinstance(widget, VerticalScroll) and widget.widget() is not None:
            need, room = widget.widget().minimumSizeHint().width(), widget.viewport().width()
            if need > room + 2:
                yield type(widget.widget()).__name__, f"needs {need} px, the panel has {room}"
        if isinstance(widget, QLabel) and widget.text() and not widget.pixmap().width():
            if widget.wordWrap():
                if widget.heightForWidth(widget.width()) > widget.height() + 2:
                    yield (
                        widget.text(),
                        f"needs {widget.heightForWidth(widget.width())} px of height, has {widget.height()}",
                    )
            elif widget.sizeHint().width() > widget.width() + 2 and widget.property("role") != "elide":
                yield widget.text(), f"needs {widget.sizeHint().width()} px, has {widget.width()}"
        elif (
            isinstance(widget, QToolButton)
            and widget.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
            and widget.text()
        ):
            need = max(
                QFontMetrics(widget.font()).horizontalAdvance(line)
                for line in widget.text().replace("&&", "&").splitlines()
            )
            if need > widget.width() - 2:
                yield widget.text(), f"needs {need} px, has {widget.width()}"
        elif (
            isinstance(widget, QAbstractButton)
            and not isinstance(widget, QToolButton)
            and widget.text()
            and widget.sizeHint().width() > widget.width() + 2
        ):
            yield widget.text(), f"needs {widget.sizeHint().width()} px, has {widget.width()}"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return build_sample_project(
        tmp_path_factory.mktemp("sample") / "sample.gpkg", registry=discover(), progress=Progress()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_panel_clips_its_texts(qtbot, registry, sample, language):
    settings = Settings()
    settings.set("language", language)
    use_language(settings)
    apply_theme(QApplication.instance(), "light")
    window = MainWindow(settings, registry)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    cut: list[str] = []

    def look(where):
        QApplication.processEvents()
        cut.extend(f"{where}: {text!r} {why}" for text, why in clipped(window))

    look("start")
    window.open_project(sample)
    for entry in registry.entries:
        window.view.show_tool(entry.spec.id)
        panel = window.view._panels[entry.spec.id]
        for page in getattr(panel, "pages", {"": None}):
            if page:
                panel.show_page(page)
            look(f"{entry.spec.id} {page}")
    window.start_tour()
    from onekl_desktop.app.tour import STEPS

    for number in range(len(STEPS)):
        window.tour.show_step(number)
        look(f"tour {number}")
    window.tour.end()
    qtbot.waitUntil(
        lambda: window.view.canvas.up_to_date and not window.view.session.jobs.busy and not window.view.desk._running,
        timeout=20_000,
    )
    window.close()
    qtbot.wait(10)
    assert not cut, "\n".join(sorted(set(cut)))


@pytest.mark.parametrize("language", OTHERS)
def test_pages_speak_the_language(sample, registry, tmp_path, language):
    set_language(language)
    with Session(sample, registry=registry, read_only=True) as session:
        for _entry, page in registry.list_pages():
            if page.slides:
                continue
            subject = list_subjects(session, page)[0]
            out = write_report(session, page.id, tmp_path / f"{page.id}.html", subject=subject)
            text = re.sub(
                r"<[^>]+>", " ", re.sub(r"<style.*?</style>", "", out.read_text(encoding="utf-8"), flags=re.S)
            )
            english = {
                message.id
                for message in read_catalogue(language)
                if isinstance(message.id, str)
                and len(message.id) > 18
                and "{" not in message.id
                and message.string != message.id
            }
            left = [
                item
                for item in english
                if item not in RECIPE and re.search(rf"(^|[\s(]){re.escape(item)}($|[\s).])", text)
            ]
            assert not left, (page.id, left[:5])
