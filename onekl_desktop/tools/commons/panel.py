"""The commons panel: what would leave, rules, bundles."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import _
from onekl_desktop.engine import perform
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, TableRow
from onekl_desktop.tools.commons.queries import Commons, read_commons, tell_kept
from onekl_desktop.tools.commons.spec import AUDIENCES, TOOL


class CommonsPanel(RecordsPanel):
    """What may leave this file, and what has left."""

    tables = (
        "release_rule",
        "resource",
        "bundle",
        "consent",
        "layer",
        "person",
        "organisation",
        "goal",
        "project",
        "observation",
        "run",
    )
    known: Commons

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """Three pages."""
        self.audience = QComboBox()
        self.audience.setAccessibleName(_("For"))
        for option in AUDIENCES:
            self.audience.addItem(_(option.title), option.id)
        self.audience.activated.connect(lambda _index: self.refresh())
        self.usual = button(
            _("Release the usual"),
            lambda: self.desk.perform("commons.release_usual", audience=self.audience.currentData()),
            icon_name="check",
        )
        self.write_button = button(_("Write a bundle…"), self.write_bundle, primary=True, icon_name="open")
        self.head.addWidget(
            label(
                _("Nothing leaves this file unless it is named here. Copies that are out cannot be called back."),
                "small",
                wrap=True,
            )
        )
        self.head.addLayout(row(label(_("For"), "small"), self.audience, None, self.usual))
        self.head.addLayout(row(self.write_button, None))
        self.kept = label("", "small", wrap=True)
        self.add_records("leaving", Records(
            _("What leaves"), _("Nothing has been released to this audience."),
            (Column(_("Kind")), Column(_("Rows"), True), Column(_("Fields"))), "record_kind", deeds=(Deed("release", "plus"), Deed("release_layer", "layers"), Deed("take_back", "undo", "record_kind"), Deed("take_back_layer", "undo"))),
            self.kept)  # fmt: skip
        self.add_records("bundles", Records(
            _("Bundles"), _("No bundle has been written yet."),
            (Column(_("File")), Column(_("Version"), True), Column(_("Written on")), Column(_("For")), Column(_("Rows"), True), Column(_("Licence")), Column(_("Withdrawn on")), Column(_("Manifest"))),
            "bundle", deeds=(Deed("withdraw_bundle", "close", "bundle"),)))  # fmt: skip

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_commons(self.desk.session, self.audience.currentData())
        rows = [
            TableRow((_(RECORD_WORDS.get(kind, kind)), len(given.rows), ", ".join(given.fields)), kind)
            for kind, given in known.selection.released.items()
        ]
        for uuid, fields in known.selection.layers.items():
            layer = known.layers.get(uuid)
            if layer is not None:
                rows.append(
                    TableRow(
                        (_("Layer {name}").format(name=layer.name), layer.feature_count, ", ".join(fields)), "layer"
                    )
                )
        self.record_tables["leaving"].set_rows(rows)
        kept = tell_kept(known.selection)
        self.kept.setText(_("Stays here:") + "\n" + "\n".join(kept) if kept else "")
        self.kept.setVisible(bool(kept))
        self.write_button.setEnabled(bool(rows))
        self.write_button.setToolTip("" if rows else self.record_tables["leaving"].records.about)
        audiences = {option.id: _(option.title) for option in AUDIENCES}
        self.record_tables["bundles"].set_rows([
            TableRow((item.file_name, item.version, item.released_on, audiences.get(item.audience, item.audience), item.rows, item.licence, item.withdrawn_on, item.manifest_hash[:16]), item.uuid)
            for item in known.bundles])  # fmt: skip

    def write_bundle(self) -> None:
        """Ask where to, and write it in the background."""
        path = self.desk.session.path
        proposed = path.with_name(f"{path.stem}-{dt.date.today().isoformat()}.zip")
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Write a bundle"), str(proposed), "ZIP (*.zip)")
        if chosen:
            self.write_to(Path(chosen))

    def write_to(self, target: Path) -> None:
        """Write a bundle for the chosen audience."""
        session, audience = self.desk.session, self.audience.currentData()

        def work(progress: Progress) -> dict[str, object]:
            made: dict[str, object] = perform(
                session, "commons.make_bundle", progress=progress, out=str(target), audience=audience
            )
            return made

        def done(made: dict[str, object]) -> None:
            self.desk.bridge.deliver()
            self.desk.tell(_("Wrote {file} with {rows} rows.").format(file=made["file"], rows=made["rows"]), "good")

        self.desk.submit(_("Writing the bundle"), work, done)
