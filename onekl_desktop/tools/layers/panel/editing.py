"""Drawing in the chosen layer: the card with its tools, and what they do when something is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QMenu, QWidget

from onekl_desktop.base.geometry import from_gpkg, kind_of
from onekl_desktop.base.translate import N_, _
from onekl_desktop.gui.canvas.drawing import DrawTool, EditTool, within
from onekl_desktop.gui.canvas.measuring import measured_in
from onekl_desktop.gui.canvas.selecting import SelectTool, shapes_within
from onekl_desktop.gui.canvas.snapping import Snapper
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.kit import button, column, frame, label, row, tool_button
from onekl_desktop.gui.theme import XS, M, S
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.queries.records import get_landscape, list_layers
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.layers.claims import list_units
from onekl_desktop.tools.layers.panel.location import LocationDialog
from onekl_desktop.tools.layers.panel.receiver import ReceiverDialog
from onekl_desktop.tools.layers.panel.table import LayerTable
from onekl_desktop.tools.layers.panel.values import ask_values
from onekl_desktop.tools.layers.spec import TOOL

GEOPROCESSING = ("clip_layer", "intersect_layers", "unite_layers", "subtract_layer", "dissolve_layer", "buffer_layer", "join_table", "join_layer", "zonal_statistics")  # fmt: skip
WALKED = {"polygon": "area", "line": "track", "point": "point"}
KINDS = {"polygon": N_("area"), "line": N_("line"), "point": N_("point")}


@dataclass
class Habits:
    """How a person draws; kept while the window is open."""

    snap: bool = True
    follow: bool = True
    ask: bool = True
    apart: bool = False
    grid_m: float = 0.0


class EditCard(QWidget):
    """The tools for one vector layer."""

    def __init__(self, desk: Desk, layer: Layer, habits: Habits) -> None:
        super().__init__()
        self._desk, self.layer, self.habits = desk, layer, habits
        self.kind = kind_of(layer.geometry_type)
        card = frame("card")
        draw = button(_("Draw"), self.draw, icon_name="draw", tip=_("Draw a new shape"))
        self.tools = {
            "select": tool_button("select", _("Choose shapes on the map"), self.select),
            "corners": tool_button("corners", _("Move corners of the chosen shape"), self.move_corners),
            "split": tool_button("split", _("Split along a line"), lambda: self._draw_line("split_shapes")),
            "reshape": tool_button(
                "reshape",
                _("Lead a border along a line"),
                lambda: self._draw_line("reshape_shapes", neighbours=self.habits.follow),
            ),
            "hole": tool_button("hole", _("Cut a hole"), self.draw_hole),
            "merge": tool_button("merge", _("Merge the chosen shapes"), lambda: self._do_with_chosen("merge_shapes")),
            "remove": tool_button("remove", _("Remove the chosen shapes"), self.remove),
        }
        for name in ("hole", "merge") if self.kind != "polygon" else ():
            self.tools[name].setVisible(name == "merge" and self.kind == "line")
        for name in ("split", "reshape") if self.kind == "point" else ():
            self.tools[name].hide()
        more = tool_button("more", _("More"))
        more.setPopupMode(more.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self._more())
        first = row(draw, button(_("Table"), self.show_table, icon_name="table"), None, more, spacing=S)
        card.setLayout(
            column(
                label(_("Draw and edit"), "heading"),
                first,
                row(*self.tools.values(), None, spacing=XS),
                self._habits(),
                margins=M,
                spacing=S,
            )
        )
        self.setLayout(column(card))

    def _more(self) -> QMenu:
        menu = QMenu(self)
        if self.kind == "polygon":
            menu.addAction(_("Fill holes"), lambda: self._do_with_chosen("fill_holes"))
        if self.kind != "point":
            menu.addAction(_("Grow, shrink or move aside…"), self._open_offset)
        menu.addAction(
            _("Cut to the landscape"), lambda: self._desk.perform("layers.cut_to_landscape", layer=self.layer.uuid)
        )
        menu.addAction(_("Listen to a GPS receiver…"), self.listen)
        menu.addAction(_("Take from a GPS receiver's file…"), self._open_gps)
        menu.addAction(_("Choose by drawing an area"), self.select_in_area)
        menu.addAction(_("Choose by place…"), lambda: LocationDialog(self._desk, self.layer, self.window()).exec())
        menu.addAction(_("Choose none"), lambda: self._desk.selection.choose(self.layer.uuid, ()))
        menu.addSeparator()
        for id in GEOPROCESSING:
            operation = TOOL.get_operation(id)
            menu.addAction(_(operation.title) + "…", partial(self._open, id))
        if self.kind == "polygon":
            menu.addSeparator()
            menu.addAction(_("Planning units from claims") + "…", self.open_planning_units)
            if list_units(self._desk.session, self.layer):
                menu.addAction(_("Settle claims") + "…", self.open_settle_claims)
        return menu

    def _habits(self) -> QWidget:
        made = QWidget()
        boxes: list[Any] = []
        for name, text, about, wanted in (
            ("snap", _("Snap"), _("Corners jump to corners and sides near by (S while drawing)"), True),
            (
                "follow",
                _("Neighbours follow"),
                _("Shared corners and borders move in all shapes that share them"),
                self.kind == "polygon",
            ),
            ("apart", _("No overlap"), _("New areas leave out what others cover"), self.kind == "polygon"),
            ("ask", _("Ask for attributes"), _("After drawing, ask what it is"), True),
        ):
            if wanted:
                box = QCheckBox(text)
                box.setToolTip(about)
                box.setChecked(getattr(self.habits, name))
                box.toggled.connect(partial(setattr, self.habits, name))
                boxes.append(box)
        grid = QDoubleSpinBox()
        grid.setRange(0, 10_000)
        grid.setDecimals(1)
        grid.setSuffix(" m")
        grid.setSpecialValueText(_("No grid"))
        grid.setValue(self.habits.grid_m)
        grid.setAccessibleName(_("Grid"))
        grid.setToolTip(_("Width of a grid that corners are set on"))
        grid.valueChanged.connect(partial(setattr, self.habits, "grid_m"))
        lines = [row(*boxes[at : at + 2], None, spacing=S) for at in range(0, len(boxes), 2)]
        made.setLayout(column(*lines, row(label(_("Grid"), "small"), grid, None), spacing=XS))
        return made

    # ------------------------------------------------------------ tools of the map

    def _snapper(self) -> Snapper:
        snapper = Snapper(self._desk.canvas)
        snapper.on, snapper.grid_m = self.habits.snap or self.habits.grid_m > 0, self.habits.grid_m
        snapper.corners = snapper.sides = self.habits.snap
        return snapper

    def _start(self, kind: str, done: Callable[[shapely.Geometry], None], *, check: bool = False) -> None:
        with self._desk.session.read() as db:
            boundary = get_landscape(db).geom
        canvas = self._desk.canvas
        tool = DrawTool(
            canvas,
            measured_in(self._desk.session.crs),
            done,
            lambda: None,
            kind=kind,
            check=within(boundary) if check else None,
        )
        tool.snapper = self._snapper()
        canvas.set_tool(tool)
        canvas.setFocus()

    def draw(self) -> None:
        """Draw new shapes, one after the other, until Escape."""
        self._start(self.kind, self._on_drawn, check=True)

    def _on_drawn(self, shape: shapely.Geometry) -> None:
        values = ask_values(self._desk, self.layer, self.window()) if self.habits.ask else {}
        if values is None:
            return
        made = self._desk.perform(
            "layers.add_shape",
            layer=self.layer.uuid,
            geometry=shape,
            values=values,
            avoid_overlap=self.habits.apart and self.kind == "polygon",
        )
        if made:
            self._desk.selection.choose(self.layer.uuid, (made["shape"],))
            self._start(self.kind, self._on_drawn, check=True)

    def select(self) -> None:
        """Choose shapes by clicking or dragging a box."""
        canvas = self._desk.canvas
        canvas.set_tool(SelectTool(canvas, self._on_select, lambda: self._desk.selection.choose(self.layer.uuid, ())))
        canvas.setFocus()

    def _on_select(self, area: shapely.Geometry, more: bool) -> None:
        shapes = self._desk.source.shapes_of(self.layer)
        found = [int(shapes.keys[at]) for at in shapes_within(shapes, area)]
        small = area.bounds[2] - area.bounds[0] < 10 * self._desk.canvas.view.unit_per_pixel
        self._desk.selection.choose(self.layer.uuid, found[-1:] if small else found, toggle=more)

    def select_in_area(self) -> None:
        """Choose what an area that is drawn meets."""
        self._start("polygon", lambda area: self._on_select(area, False))

    def move_corners(self) -> None:
        """Take the chosen shape by its corners, with the neighbours that share them."""
        chosen = self._chosen(1)
        if not chosen:
            return
        key = chosen[0]
        shapes = self._desk.source.shapes_of(self.layer)
        at = shapes.keys.tolist().index(key)
        wanted = (
            {int(shapes.keys[other]) for other in shapes.touching(tuple(shapes.boxes[at]))}
            if self.habits.follow and self.kind == "polygon"
            else {key}
        )
        found = self._read(wanted | {key})
        canvas = self._desk.canvas
        neighbours = {other: shape for other, shape in found.items() if other != key}
        with self._desk.session.read() as db:
            boundary = get_landscape(db).geom
        tool = EditTool(
            canvas, measured_in(self._desk.session.crs), found[key], lambda changed: self._on_corners(key, changed), lambda: None,
            neighbours=neighbours, check=within(boundary) if self.kind != "point" else None,
        )  # fmt: skip
        tool.snapper = self._snapper()
        tool.snapper.skip = {(self.layer.uuid, other) for other in found}
        canvas.set_tool(tool)
        canvas.setFocus()

    def _read(self, keys: set[int]) -> dict[int, shapely.Geometry]:
        marks = ",".join("?" * len(keys))
        with self._desk.session.project.read_raw() as raw:
            rows = raw.execute(
                f"SELECT id, geom FROM {quote(self.layer.table_name)} WHERE id IN ({marks})", sorted(keys)
            ).fetchall()
        return {key: from_gpkg(blob) for key, blob in rows if blob is not None}

    def _on_corners(self, key: int, changed: dict[int, shapely.Geometry]) -> None:
        shapes = {str(owner or key): shape for owner, shape in changed.items()}
        self._desk.perform("layers.change_shapes", layer=self.layer.uuid, shapes=shapes)

    def _draw_line(self, operation: str, **fields: Any) -> None:
        def done(line: shapely.Geometry) -> None:
            chosen = tuple(sorted(self._desk.selection.get(self.layer.uuid)))
            self._desk.perform(f"layers.{operation}", layer=self.layer.uuid, line=line, shapes=chosen, **fields)

        self._start("line", done)

    def draw_hole(self) -> None:
        """Cut out of the chosen shapes, or of those below."""

        def done(area: shapely.Geometry) -> None:
            chosen = tuple(sorted(self._desk.selection.get(self.layer.uuid)))
            self._desk.perform("layers.add_hole", layer=self.layer.uuid, geometry=area, shapes=chosen)

        self._start("polygon", done)

    # ------------------------------------------------------------ what needs a choice

    def _chosen(self, exactly: int = 0) -> tuple[int, ...]:
        chosen = tuple(sorted(self._desk.selection.get(self.layer.uuid)))
        if not chosen or (exactly and len(chosen) != exactly):
            self._desk.tell(
                _("Choose one shape first: click it on the map.")
                if exactly == 1
                else _("Choose shapes on the map or rows in the table first.")
            )
            self.select()
            return ()
        return chosen

    def _do_with_chosen(self, operation: str) -> None:
        chosen = self._chosen()
        if chosen:
            self._desk.perform(f"layers.{operation}", layer=self.layer.uuid, shapes=chosen)

    def remove(self) -> None:
        """Remove the chosen shapes."""
        chosen = self._chosen()
        if chosen and self._desk.perform("layers.remove_shapes", layer=self.layer.uuid, shapes=chosen):
            self._desk.selection.choose(self.layer.uuid, ())

    def _open_offset(self) -> None:
        chosen = self._chosen()
        if chosen:
            self._open("offset_shapes", shapes=" ".join(map(str, chosen)))

    def open_planning_units(self) -> None:
        """The form for units out of this layer and the others that claim land; the order can be changed in it."""
        with self._desk.session.read() as db:
            others = [
                layer.name
                for layer in list_layers(db)
                if layer.role in ("customary", "protected") and layer.data_kind == "vector"
            ]
        names = list(dict.fromkeys([*others, self.layer.name]))
        self._dialog("make_planning_units", {"layers": "; ".join(names)}, ())

    def open_settle_claims(self) -> None:
        """The form for who holds the chosen pieces."""
        chosen = self._chosen()
        if chosen:
            self._open("settle_claims", shapes=" ".join(map(str, chosen)))

    def _open_gps(self) -> None:
        self._open("add_gps", how=WALKED[self.kind])

    def listen(self) -> ReceiverDialog:
        """The receiver's window, which stays open beside the map."""
        window, layer, ask = self.window(), self.layer, self.habits.ask
        dialog = ReceiverDialog(
            self._desk, layer, WALKED[self.kind], lambda: ask_values(self._desk, layer, dialog) if ask else {}, window
        )
        dialog.show()
        return dialog

    def _open(self, id: str, **values: Any) -> None:
        self._dialog(id, {"layer": self.layer.uuid, **values}, ("layer", *values))

    def _dialog(self, id: str, values: dict[str, Any], hidden: tuple[str, ...]) -> None:
        OperationDialog(
            self._desk, f"layers.{id}", TOOL.get_operation(id), values, hidden=hidden, parent=self.window()
        ).exec()

    def show_table(self) -> None:
        """The rows of the layer in the drawer."""
        table = LayerTable(self._desk, self.layer)
        table.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk.drawer.emit(table, self.layer.name)
