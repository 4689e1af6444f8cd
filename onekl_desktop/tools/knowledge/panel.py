"""The knowledge panel: search, library, evidence, glossary, lessons."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import _
from onekl_desktop.engine.search import Found
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, empty_layout, frame, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, M, S
from onekl_desktop.tools.knowledge.glossary import read_words
from onekl_desktop.tools.knowledge.lessons import LESSONS, Lesson, last_entry, list_done
from onekl_desktop.tools.knowledge.queries import Library, read_library
from onekl_desktop.tools.knowledge.spec import RESOURCE_VALUES, TERM_VALUES, TOOL


class KnowledgePanel(RecordsPanel):
    """Find, keep, look up, learn."""

    tables = ("resource", "evidence", "glossary_term", "layer")

    def __init__(self, desk: Desk) -> None:
        self.known = Library()
        self.found: list[Found] = []
        self.lesson: Lesson | None = None
        self.since = 0
        super().__init__(desk, TOOL)
        desk.bridge.changed.connect(lambda _changes: self._show_lesson())

    def build(self) -> None:
        """The five pages."""
        self._build_search()
        self.add_records("library", Records(
            _("Library"), _("Nothing here yet. Keep documents, photos, links and layers with who made them, under which licence and where they belong."),
            (Column(_("Name")), Column(_("Kind")), Column(_("Year")), Column(_("Author")), Column(_("Licence")), Column(_("Place")), Column(_("Keywords")), Column(_("Size (kB)"), True), Column(_("File"))),
            "resource", "add_resource", "change_resource", "remove_resource", deeds=(Deed("add_link", "plus"), Deed("add_layer", "layers"), Deed("attach_evidence", "check", "resource")),
            values=self._resource_values))  # fmt: skip
        self.add_records("evidence", Records(
            _("Evidence"), _("Nothing attached yet. Which document or photo speaks for which record?"),
            (Column(_("Entry")), Column(_("Evidence of")), Column(_("File")), Column(_("Note"))), "", "attach_evidence", "attach_evidence", "detach_evidence",
            values=self._evidence_values, names=self._evidence_names))  # fmt: skip
        self.add_records("glossary", Records(
            _("Glossary"), "", (Column(_("Word")), Column(_("Definition")), Column(_("Example")), Column(_("Source"))), "glossary_term", "add_term", "change_term", "remove_term",
            values=self._term_values))  # fmt: skip
        self.definition = label("", "", wrap=True)
        self.pages["glossary"].layout().insertWidget(1, self.definition)  # type: ignore[union-attr]
        self.record_tables["glossary"].chosen.connect(self._show_word)
        self._build_lessons()

    # ------------------------------------------------------------ search

    def _build_search(self) -> None:
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(_("Any word: a name, a place, something that was said"))
        self.edit.setAccessibleName(_("Search the project"))
        self.edit.setClearButtonEnabled(True)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(30)
        self._later.timeout.connect(self.search)
        self.edit.textChanged.connect(lambda _text: self._later.start())
        self.hits = Table(sortable=False)
        self.hits.setAccessibleName(_("What was found"))
        self.hits.setMinimumHeight(260)
        self.hits.doubleClicked.connect(lambda _index: self.open_hit())
        self.told = label(
            _("Every record of the project is searched: its name and all its words. A double click opens it."),
            "soft",
            wrap=True,
        )
        page = QWidget()
        page.setLayout(
            column(
                self.edit,
                self.told,
                self.hits,
                row(button(_("Open"), self.open_hit, icon_name="open"), None),
                None,
                spacing=S,
            )
        )
        self.add_page("search", _("Search"), page)

    def search(self) -> None:
        """Find what is in the field."""
        text = self.edit.text().strip()
        self.found = self.desk.index.find(text) if text else []
        self.hits.set_rows(
            [Column(_("Name")), Column(_("Kind")), Column(_("Where it says so"))],
            [TableRow((item.title or item.extract[:40], _(RECORD_WORDS.get(item.kind, item.kind)), item.extract), item.uuid) for item in self.found],
        )  # fmt: skip
        if text and self.desk.index.building:
            self.told.setText(_("The words of the project are being read for the first time…"))
            self._later.start()  # and again, until they have been
        elif text:
            self.told.setText("" if self.found else _("Nothing was found."))
        else:
            self.told.setText(
                _("Every record of the project is searched: its name and all its words. A double click opens it.")
            )
        self.told.setVisible(bool(self.told.text()))

    def open_hit(self) -> None:
        """Show the chosen record in the tool that it belongs to."""
        keys = self.hits.selected_keys()
        item = next((found for found in self.found if [found.uuid] == keys), None)
        if item is not None:
            self.desk.wanted.emit(item.kind, item.uuid)

    # ------------------------------------------------------------ values of the forms

    def _resource_values(self, key: str) -> dict[str, Any]:
        found = next((item for item in self.known.resources if item.uuid == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id) or None for field in RESOURCE_VALUES}}
        )

    def _evidence_names(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.evidence if item.uuid == key)
        return {"resource": found.resource, "subject_kind": found.subject_kind, "subject": found.subject}

    def _evidence_values(self, key: str) -> dict[str, Any]:
        return {"note": next(item for item in self.known.evidence if item.uuid == key).note}

    def _term_values(self, key: str) -> dict[str, Any]:
        found = next((word for word in self.words if word.own == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id, None) for field in TERM_VALUES}}
        )

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Fill library, evidence and glossary."""
        known = self.known = read_library(self.desk.session)
        kinds = {"document": _("document"), "photo": _("photo"), "link": _("link"), "layer": _("layer")}
        tables = self.record_tables
        tables["library"].set_rows([
            TableRow((item.name, kinds.get(item.resource_type, item.resource_type), str(item.year or ""), item.author, item.licence, item.place, item.keywords, None if item.size_bytes is None else item.size_bytes / 1000, item.file_name or item.link), item.uuid)
            for item in known.resources])  # fmt: skip
        tables["evidence"].set_rows([
            TableRow((known.name_of(item.resource), known.about.get(item.uuid, "–"), _("has changed since") if known.is_changed(item) else _("as attached"), item.note), item.uuid) for item in known.evidence])  # fmt: skip
        self.words = read_words(self.desk.session)
        tables["glossary"].set_rows(
            [
                TableRow((word.name, word.definition, word.example, word.source), word.own or f"given:{word.name}")
                for word in self.words
            ]
        )

    def _show_word(self, key: str) -> None:
        found = next((word for word in self.words if key and key in (word.own, f"given:{word.name}")), None)
        self.definition.setText(
            "" if found is None else " ".join(part for part in (found.definition, found.example) if part)
        )
        self.definition.setVisible(found is not None)
        glossary = self.record_tables["glossary"]
        for item in (glossary.change_button, glossary.remove_button):
            if item is not None:
                item.setEnabled(found is not None and bool(found.own))

    # ------------------------------------------------------------ lessons

    def _build_lessons(self) -> None:
        self.lesson_box = column(spacing=M)
        page = QWidget()
        page.setLayout(column(self.lesson_box, None))
        self.add_page("lessons", _("Lessons"), page)
        self._show_lesson()

    def begin_lesson(self, lesson: Lesson | None) -> None:
        """Begin a lesson here and now, or leave it."""
        self.lesson, self.since = lesson, last_entry(self.desk.session)
        self._show_lesson()

    def _show_lesson(self) -> None:
        empty_layout(self.lesson_box)
        if self.lesson is None:
            self.lesson_box.addWidget(
                label(
                    _(
                        "Lessons are best taken on a sample landscape: what you change there can be thrown away with Project → Start the sample anew."
                    ),
                    "soft",
                    wrap=True,
                )
            )
            for lesson in LESSONS:
                card = frame("card")
                begin = button(_("Begin"), partial(self.begin_lesson, lesson), icon_name="run")
                begin.setAccessibleName(_("Begin the lesson {name}").format(name=_(lesson.title)))
                begin.setObjectName(f"lesson_{lesson.id}")
                minutes = label(_("{count} minutes").format(count=lesson.minutes), "small")
                card.setLayout(
                    column(
                        label(_(lesson.title), "heading", wrap=True),
                        label(_(lesson.about), "", wrap=True),
                        row(minutes, None, begin),
                        margins=M,
                        spacing=S,
                    )
                )
                self.lesson_box.addWidget(card)
            return
        done = list_done(self.desk.session, self.lesson, self.since)
        self.lesson_box.addWidget(label(_(self.lesson.title), "heading", wrap=True))
        self.lesson_box.addWidget(
            label(_("{done} of {count} steps are done.").format(done=sum(done), count=len(done)), "small")
        )
        current = next((at for at, each in enumerate(done) if not each), None)
        for at, (task, is_done) in enumerate(zip(self.lesson.tasks, done, strict=True)):
            card = frame("card")
            mark = _("done") if is_done else _("now") if at == current else ""
            parts: list[Any] = [row(label(f"{at + 1}. {_(task.title)}", "heading"), None, label(mark, "small"))]
            if at == current:
                parts += [
                    label(_(task.words), "", wrap=True),
                    row(
                        button(
                            _("Take me there"),
                            partial(self.desk.tool_wanted.emit, task.tool, task.page),
                            icon_name="forward",
                            primary=True,
                        ),
                        None,
                    ),
                ]
            card.setLayout(column(*parts, margins=M, spacing=XS))
            self.lesson_box.addWidget(card)
        if current is None:
            self.lesson_box.addWidget(
                label(
                    _(
                        "Well done. Everything can be undone with Ctrl+Z, or thrown away with Project → Start the sample anew."
                    ),
                    "soft",
                    wrap=True,
                )
            )
        self.lesson_box.addWidget(
            button(
                _("Leave the lesson") if current is not None else _("Back to the lessons"),
                partial(self.begin_lesson, None),
            )
        )
