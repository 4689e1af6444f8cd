"""Choose shapes of a layer by where those of another are."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from onekl_desktop.base.specs import Choice, Condition, Flag, Number, Option
from onekl_desktop.base.translate import N_, _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.kit import button, column, label, row, scroll
from onekl_desktop.gui.theme import L, M
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.layers.queries import find_by_location

HOW = Choice(
    id="how", title=N_("Shapes that"), default="meets",
    options=(
        Option(id="meets", title=N_("meet one of it")), Option(id="within", title=N_("lie within one of it")),
        Option(id="holds", title=N_("hold one of it")), Option(id="near", title=N_("are nearer to it than")),
        Option(id="apart", title=N_("meet none of it")),
    ))  # fmt: skip
DISTANCE = Number(
    id="distance",
    title=N_("Distance"),
    unit="m",
    minimum=0,
    maximum=1e6,
    default=100,
    when=Condition(field="how", values=("near",)),
)
AMONG = Flag(id="among", title=N_("Only among those that are chosen"), default=False)


class LocationDialog(QDialog):
    """Asks for the other layer and how; the choice on the map follows."""

    def __init__(self, desk: Desk, layer: Layer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._layer = desk, layer
        self.setWindowTitle(_("Choose by place"))
        with desk.session.read() as db:
            self._layers = {
                each.uuid: each for each in list_layers(db) if each.data_kind == "vector" and each.uuid != layer.uuid
            }
        other = Choice(
            id="other", title=N_("Layer"), options=tuple(Option(id=uuid, title=each.name) for uuid, each in self._layers.items())
        )  # fmt: skip
        chosen = desk.selection.get(layer.uuid)
        self.form = Form(
            (other, HOW, DISTANCE, *((AMONG,) if chosen else ())), {"other": next(iter(self._layers), None)}
        )
        body = self.form.layout()
        if body is not None:
            body.setContentsMargins(M, M, M, M)
        self.choose = button(_("Choose"), self.accept, primary=True)
        self.choose.setDefault(True)
        self.choose.setEnabled(bool(self._layers))
        about = (
            _("Shapes of {layer}, by where the shapes of another layer are.")
            if self._layers
            else _("{layer} is the only layer of shapes: import or draw another one first.")
        )
        self.setLayout(
            column(
                label(about.format(layer=layer.name), "soft", wrap=True),
                scroll(self.form),
                row(None, button(_("Cancel"), self.reject), self.choose),
                margins=L,
                spacing=M,
            )
        )
        self.resize(440, 400)

    def accept(self) -> None:
        """Choose, say how many, and close."""
        if self.form.check():
            return
        values = self.form.values()
        found = find_by_location(
            self._desk.session, self._layer, self._layers[values["other"]], values["how"], values.get("distance") or 0.0
        )
        if values.get("among"):
            found &= self._desk.selection.get(self._layer.uuid)
        self._desk.selection.choose(self._layer.uuid, found)
        text = ngettext("{count} shape of {layer} is chosen.", "{count} shapes of {layer} are chosen.", len(found))
        self._desk.tell(text.format(count=format_number(len(found)), layer=self._layer.name))
        super().accept()
