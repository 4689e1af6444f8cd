"""The layers panel: the tree, and beside each layer what it is and how it looks."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QListWidget, QListWidgetItem, QMenu, QSlider, QWidget

from onekl_desktop.base.colours import alike
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import kind_of
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.engine import perform
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.icons import icon, swatch
from onekl_desktop.gui.kit import EmptyState, button, column, empty_layout, frame, label, row, scroll, tool_button
from onekl_desktop.gui.records.steps import StepsCard
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, L, M, S
from onekl_desktop.project.changes import ChangeSet
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.queries.records import get_landscape, list_classes, list_layers
from onekl_desktop.project.records import Layer
from onekl_desktop.project.styles import GROUPED, Style, load_style
from onekl_desktop.tools.layers.importing import SUFFIXES
from onekl_desktop.tools.layers.panel.editing import EditCard, Habits
from onekl_desktop.tools.layers.panel.import_dialog import ImportDialog
from onekl_desktop.tools.layers.panel.rules import RulesDialog
from onekl_desktop.tools.layers.spec import ROLES, TOOL
from onekl_desktop.tools.layers.styling import NO_LABELS

MOST_COMPARED = 24  # classes
LINE = 31  # pixels of a layer in the list
NUMBERS = ("INTEGER", "REAL", "MEDIUMINT", "INT", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT")


class LayersPanel(QWidget):
    """Layer tree on top, the chosen layer below."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._layers: list[Layer] = []
        self._filling = False
        self._habits = Habits()
        self._undrawn: dict[str, str] = {}
        self.editing: EditCard | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(_("Layers"))
        self.list.setIconSize(QSize(18, 18))
        self.list.itemChanged.connect(self._on_check)
        self.list.currentRowChanged.connect(lambda _row: self._filling or self._show_chosen())
        self.empty = EmptyState(
            _("No layers yet"), _("Bring in what you already have: a land-cover map, villages, roads, rivers. The original files are never changed."),
            _("Import a map"), self.open_import_layer,
        )  # fmt: skip
        bar = row(
            button(_("Import…"), self.open_import_layer, icon_name="import", primary=True),
            tool_button("plus", _("New layer to draw in"), self.open_add_layer), None,
            tool_button("up", _("Draw the layer higher"), lambda: self._move(1)), tool_button("down", _("Draw the layer lower"), lambda: self._move(-1)),
            tool_button("zoom_layer", _("Show the layer"), self._zoom), tool_button("remove", _("Remove the layer"), self._remove), spacing=XS,
        )  # fmt: skip
        self._bar = QWidget()
        self._bar.setLayout(bar)
        self.details = QWidget()
        self.details.setLayout(column(spacing=S))
        inner = QWidget()
        inner.setLayout(
            column(
                label(_("Layers"), "title"),
                StepsCard(desk, TOOL),
                self._bar,
                self.empty,
                self.list,
                self.details,
                None,
                margins=L,
                spacing=M,
            )
        )
        self.setLayout(column(scroll(inner)))
        desk.bridge.changed.connect(self._on_changed)
        desk.canvas.drawn.connect(self._mark_undrawn)
        self.refresh()

    def compose_scene(self) -> list[SceneLayer]:
        """The visible layers and the boundary."""
        return self._desk.source.scene()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches("layer", "land_cover_class", "landscape") or changes.tables:
            self.refresh()

    def refresh(self) -> None:
        """Read the layers again; the choice stays."""
        chosen = self.chosen()
        with self._desk.session.read() as db:
            self._layers = list_layers(db)
            landscape = get_landscape(db)
        self._filling = True
        self.list.clear()
        for layer in self._layers:
            marks = [str(layer.year)] if layer.year else []
            if layer.uuid == landscape.land_cover:
                marks.append(_("land cover"))
            if layer.uuid == landscape.zones:
                marks.append(_("zones"))
            item = QListWidgetItem(self._icon(layer), layer.name + ("   " + " · ".join(marks) if marks else ""))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if layer.visible else Qt.CheckState.Unchecked)
            item.setToolTip(layer.import_note or layer.source)
            self.list.addItem(item)
        self._undrawn = {}
        self._mark_undrawn()
        self.empty.setVisible(not self._layers)
        self.list.setVisible(bool(self._layers))
        self.list.setFixedHeight(min(max(LINE * len(self._layers) + 8, 3 * LINE), 8 * LINE))
        self._bar.setVisible(bool(self._layers))
        names = [layer.uuid for layer in self._layers]
        if self._layers:
            self.list.setCurrentRow(names.index(chosen.uuid) if chosen is not None and chosen.uuid in names else 0)
        self._filling = False
        self._show_chosen()

    def _icon(self, layer: Layer):  # type: ignore[no-untyped-def]
        style = load_style(layer.style)
        if layer.data_kind == "raster":
            return icon("layers")
        colour = style.classes[0].colour if style.kind != "single" and style.classes else style.fill
        filled = style.filled or kind_of(layer.geometry_type) != "polygon"
        return swatch(colour if filled else "#00000000", style.outline)

    def chosen(self) -> Layer | None:
        """The layer that is selected."""
        at = self.list.currentRow()
        return self._layers[at] if 0 <= at < len(self._layers) else None

    def choose(self, name: str) -> None:
        """Select a layer by name."""
        for number, layer in enumerate(self._layers):
            if layer.name == name:
                self.list.setCurrentRow(number)

    # ------------------------------------------------------------ the chosen layer

    def _show_chosen(self) -> None:
        box = self.details.layout()
        assert box is not None
        empty_layout(box)
        layer = self.chosen()
        if layer is None:
            return
        card = frame("card")
        parts: list[Any] = [
            row(
                label(layer.name, "heading", wrap=True),
                tool_button("edit", _("Name, year, licence…"), self.open_change_layer),
            )
        ]
        parts.append(label(self._facts(layer), "small", wrap=True))
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setValue(round(layer.opacity * 100))
        slider.setAccessibleName(_("Opacity"))
        slider.sliderReleased.connect(lambda: self._set_opacity(slider.value()))
        slider.actionTriggered.connect(lambda action: self._later_opacity(slider, action))
        parts.append(row(label(_("Opacity"), "small"), slider))
        if layer.data_kind == "raster":
            parts.append(row(button(_("Ramp, relief, scales…"), self.open_change_style), None))
        if layer.legend:
            parts += self._legend(layer)
        elif layer.data_kind == "vector":
            parts += self._vector_style(layer)
        card.setLayout(column(*parts, margins=M, spacing=S))
        box.addWidget(card)
        self.editing = EditCard(self._desk, layer, self._habits) if layer.data_kind == "vector" else None
        if self.editing is not None:
            box.addWidget(self.editing)

    def _facts(self, layer: Layer) -> str:
        roles = {option.id: _(option.title) for option in ROLES}
        facts = [roles.get(layer.role, layer.role)]
        if layer.feature_count is not None:
            facts.append(_("{count} shapes").format(count=format_number(layer.feature_count)))
        facts += [text for text in (layer.source, layer.licence) if text]
        return " · ".join(facts)

    def _legend(self, layer: Layer) -> list[QWidget]:
        with self._desk.session.read() as db:
            classes = list_classes(db, layer.legend)
            landscape = get_landscape(db)
        columns = [
            Column(_("Class")),
            Column(_("Code"), numeric=True),
            Column(_("t C/ha"), numeric=True, decimals=1),
        ]
        rows = []
        for cls in classes:
            pools = [
                cls.carbon_above_t_per_ha,
                cls.carbon_below_t_per_ha,
                cls.carbon_soil_t_per_ha,
                cls.carbon_dead_t_per_ha,
            ]
            known = [value for value in pools if value is not None]
            rows.append(TableRow((cls.name, cls.code, sum(known) if known else None), key=cls.code, colour=cls.colour))
        table = Table(columns, rows)
        table.setMinimumHeight(min(60 + 28 * len(rows), 300))
        table.setAccessibleName(_("Legend"))
        table.doubleClicked.connect(lambda _index: self._edit_class(layer, table))
        widgets: list[Any] = [table, row(button(_("Change the class…"), lambda: self._edit_class(layer, table)), None)]
        lacking = [cls.name for cls, item in zip(classes, rows, strict=True) if item.values[2] is None]
        if lacking and layer.role == "land_cover":
            text = _("No carbon values yet for: {names}. They are needed for the carbon numbers.").format(
                names=", ".join(lacking[:6]) + ("…" if len(lacking) > 6 else "")
            )
            widgets.append(label(text, "problem", wrap=True))
        if layer.role == "land_cover" and landscape.land_cover != layer.uuid:
            widgets.append(row(button(_("Use as the land cover"), lambda: self._use_as_cover(layer)), None))
        if layer.role == "zones" and landscape.zones != layer.uuid:
            widgets.append(
                row(
                    button(
                        _("Tell results by these zones"),
                        lambda: self._desk.perform("layers.set_zones", layer=layer.uuid),
                    ),
                    None,
                )
            )
        holder = []
        for widget in widgets:
            if isinstance(widget, QWidget):
                holder.append(widget)
            else:
                made = QWidget()
                made.setLayout(widget)
                holder.append(made)
        return holder

    def _vector_style(self, layer: Layer) -> list[Any]:
        style = load_style(layer.style)
        with self._desk.session.project.read_raw() as raw:
            listed = list_columns(raw, layer.table_name)
        columns, numbers = [name for name, _kind in listed], [name for name, kind in listed if kind in NUMBERS]
        by = QComboBox()
        by.setAccessibleName(_("Colour by"))
        by.addItem(_("One colour for all"), "")
        for name in columns:
            by.addItem(_("By {column}").format(column=name), name)
        for name in numbers:
            by.addItem(_("By ranges of {column}").format(column=name), f"#{name}")
        by.setCurrentIndex(
            max(by.findData({"categorised": style.column, "graduated": f"#{style.column}"}.get(style.kind, "")), 0)
        )
        by.activated.connect(lambda _index: self._style_by(layer, by.currentData()))
        if style.kind in ("rules", "heat"):
            by.addItem({"rules": _("By rules"), "heat": _("As heat")}[style.kind], "=")
            by.setCurrentIndex(by.count() - 1)
        parts: list[Any] = [
            label(_("Colour"), "small"),
            row(by, tool_button("edit", _("Colours and lines…"), self.open_style_plain)),
            row(button(_("Patterns, labels, scales…"), self.open_change_style), self._more_styles(layer), None),
        ]
        for cls in style.classes[:12] if style.kind in GROUPED else []:
            mark = label()
            mark.setPixmap(swatch(cls.colour).pixmap(14, 14))
            mark.setFixedWidth(16)
            parts.append(row(mark, label(cls.label, "small", wrap=True), spacing=S))
        hint = self._tell_alike(style)
        if hint:
            parts.append(label(hint, "small", wrap=True))
        if layer.role == "zones" or kind_of(layer.geometry_type) == "polygon":
            with self._desk.session.read() as db:
                current = get_landscape(db).zones == layer.uuid
            if not current:
                parts.append(
                    row(
                        button(
                            _("Tell results by these zones"),
                            lambda: self._desk.perform("layers.set_zones", layer=layer.uuid),
                        ),
                        None,
                    )
                )
        return parts

    @staticmethod
    def _tell_alike(style: Style) -> str:
        """Classes that some people cannot tell apart, unless they have patterns."""
        classes = [cls for cls in style.classes[:MOST_COMPARED] if cls.visible] if style.kind in GROUPED else []
        pairs = [(classes[i], classes[j]) for i, j in alike([cls.colour for cls in classes])]
        pairs = [(a, b) for a, b in pairs if (a.pattern or style.pattern) == (b.pattern or style.pattern)]
        if not pairs or style.kind == "graduated":
            return ""
        a, b = pairs[0]
        return _("Not everybody can tell {one} from {other}: choose other colours, or patterns.").format(
            one=a.label, other=b.label
        )

    def _mark_undrawn(self) -> None:
        """Layers that cannot be drawn are marked, with the reason."""
        canvas = self._desk.canvas
        found = {layer.uuid: layer.problem for layer in canvas.scene if layer.problem} | canvas.problems
        if found == self._undrawn:
            return
        if set(self._undrawn) - set(found):  # some can be drawn again
            self.refresh()
            return
        self._undrawn = dict(found)
        for at, layer in enumerate(self._layers):
            item = self.list.item(at)
            if item is not None and layer.uuid in found:
                self._filling = True
                item.setIcon(icon("warning"))
                item.setToolTip(_("Cannot be drawn: {reason}").format(reason=found[layer.uuid]))
                self._filling = False

    def _more_styles(self, layer: Layer) -> QWidget:
        more = tool_button("more", _("More ways to draw it"))
        more.setPopupMode(more.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        menu.addAction(_("By rules…"), self.open_style_by_rule)
        if kind_of(layer.geometry_type) == "point":
            menu.addAction(_("As heat…"), lambda: self._open_for_chosen("style_as_heat"))
        menu.addAction(_("Take a QGIS style…"), lambda: self._open_for_chosen("read_style"))
        more.setMenu(menu)
        return more

    def open_style_by_rule(self) -> None:
        """The rules of the chosen layer."""
        layer = self.chosen()
        if layer is not None and layer.data_kind == "vector":
            RulesDialog(self._desk, layer, self).exec()

    def _open_for_chosen(self, id: str) -> None:
        layer = self.chosen()
        if layer is not None:
            operation = TOOL.get_operation(id)
            OperationDialog(
                self._desk, f"layers.{id}", operation, {"layer": layer.uuid}, hidden=("layer",), parent=self
            ).exec()

    def open_add_layer(self) -> None:
        """Make an empty layer and choose it."""
        dialog = OperationDialog(self._desk, "layers.add_layer", TOOL.get_operation("add_layer"), parent=self)
        if dialog.exec():
            self.choose(dialog.result_value["name"])

    # ------------------------------------------------------------ doing

    def _on_check(self, item: QListWidgetItem) -> None:
        if self._filling:
            return
        layer = self._layers[self.list.row(item)]
        shown = item.checkState() == Qt.CheckState.Checked
        if shown != layer.visible:
            self._desk.perform("layers.change_layer", layer=layer.uuid, visible=shown)

    def _set_opacity(self, percent: int) -> None:
        layer = self.chosen()
        if layer is not None and round(layer.opacity * 100) != percent:
            self._desk.perform("layers.change_layer", layer=layer.uuid, opacity=percent / 100)

    def _later_opacity(self, slider: QSlider, action: int) -> None:
        if not slider.isSliderDown() and action != QSlider.SliderAction.SliderMove.value:
            self._set_opacity(slider.sliderPosition())

    def _move(self, steps: int) -> None:
        layer = self.chosen()
        if layer is not None:
            self._desk.perform("layers.move_layer", layer=layer.uuid, steps=steps)

    def _zoom(self) -> None:
        layer = self.chosen()
        if layer is None:
            return
        try:
            scene = self._desk.source.scene_of(layer)
        except (UserError, ValueError, OSError, sqlite3.Error) as problem:  # the map tells what cannot be drawn
            self._desk.tell(_("Cannot be drawn: {reason}").format(reason=problem), "warning")
            return
        box = (
            scene.raster.grid.bounds
            if scene.raster is not None
            else scene.shapes.bounds
            if scene.shapes is not None
            else None
        )
        if box is not None:
            self._desk.canvas.zoom_to(box)

    def _remove(self) -> None:
        layer = self.chosen()
        if layer is not None and self._desk.perform("layers.remove_layer", layer=layer.uuid):
            self._desk.tell(_("Removed {name}. Ctrl+Z brings it back.").format(name=layer.name))

    def _style_by(self, layer: Layer, column_name: str) -> None:
        if column_name == "=":
            return
        if column_name.startswith("#"):
            self._desk.perform("layers.style_by_range", layer=layer.uuid, column=column_name[1:])
        elif column_name:
            self._desk.perform("layers.style_by_class", layer=layer.uuid, column=column_name)
        else:
            self._desk.perform("layers.style_plain", layer=layer.uuid)

    def _use_as_cover(self, layer: Layer) -> None:
        if layer.year is not None:
            self._desk.perform("layers.set_land_cover", layer=layer.uuid)
        else:
            OperationDialog(
                self._desk,
                "layers.set_land_cover",
                TOOL.get_operation("set_land_cover"),
                {"layer": layer.uuid},
                hidden=("layer",),
                parent=self,
            ).exec()

    def _edit_class(self, layer: Layer, table: Table) -> None:
        keys = table.selected_keys() or ([table.source.rows[0].key] if table.source.rows else [])
        if not keys:
            return
        with self._desk.session.read() as db:
            cls = next(item for item in list_classes(db, layer.legend) if item.code == keys[0])
        values = {
            "layer": layer.uuid, "code": cls.code, "name": cls.name, "colour": cls.colour, "natural_forest": cls.natural_forest,
            "above": cls.carbon_above_t_per_ha, "below": cls.carbon_below_t_per_ha, "soil": cls.carbon_soil_t_per_ha,
            "dead": cls.carbon_dead_t_per_ha, "source": cls.carbon_source,
            "spread": cls.carbon_spread,
        }  # fmt: skip
        OperationDialog(
            self._desk,
            "layers.change_class",
            TOOL.get_operation("change_class"),
            values,
            hidden=("layer", "code"),
            verb=_("Keep"),
            parent=self,
        ).exec()

    def open_change_layer(self) -> None:
        """The form for a layer's name, year and licence."""
        layer = self.chosen()
        if layer is None:
            return
        values = {
            "layer": layer.uuid,
            "name": layer.name,
            "year": layer.year,
            "licence": layer.licence,
            "name_column": layer.name_column,
        }
        operation = TOOL.get_operation("change_layer")
        OperationDialog(
            self._desk,
            "layers.change_layer",
            operation,
            values,
            hidden=("layer", "visible", "opacity"),
            verb=_("Keep"),
            parent=self,
        ).exec()

    def open_style_plain(self) -> None:
        """The form for one symbol."""
        layer = self.chosen()
        if layer is None or layer.data_kind != "vector":
            return
        style = load_style(layer.style)
        values = {
            "layer": layer.uuid, "fill": style.fill, "outline": style.outline, "width": style.width, "filled": style.filled,
            "label_column": style.label_column,
        }  # fmt: skip
        OperationDialog(
            self._desk,
            "layers.style_plain",
            TOOL.get_operation("style_plain"),
            values,
            hidden=("layer",),
            verb=_("Keep"),
            parent=self,
        ).exec()

    def open_change_style(self) -> None:
        """The form for everything else of a style."""
        layer = self.chosen()
        if layer is None:
            return
        style, kind = load_style(layer.style), "raster" if layer.data_kind == "raster" else kind_of(layer.geometry_type)
        values = {
            "layer": layer.uuid, "pattern": style.pattern or "none", "marker": style.marker, "size": style.size,
            "dashes": " ".join(f"{length:g}" for length in style.dashes) or "0", "label_column": style.label_column or NO_LABELS, "label_size": style.label_size,
            "label_colour": style.label_colour, "blend": style.blend, "near_scale": style.near_scale, "far_scale": style.far_scale,
            "ramp": style.ramp, "low": style.low, "high": style.high, "shaded": style.kind == "hillshade",
        }  # fmt: skip
        raster, vector = (
            ("ramp", "low", "high", "shaded"),
            ("pattern", "marker", "size", "dashes", "label_column", "label_size", "label_colour"),
        )
        hidden = {"raster": vector, "polygon": (*raster, "marker", "size"), "line": (*raster, "marker", "size", "pattern"),
                  "point": (*raster, "pattern", "dashes")}[kind]  # fmt: skip
        if layer.legend:
            hidden = (*vector, *raster)
        OperationDialog(
            self._desk, "layers.change_style", TOOL.get_operation("change_style"), values, hidden=("layer", *hidden), verb=_("Keep"), parent=self,
        ).exec()  # fmt: skip

    def open_import_layer(self) -> None:
        """Choose a file and import it."""
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        path, _kind = QFileDialog.getOpenFileName(
            self, _("Import a map"), str(Path.home()), f"{_('Maps')} ({patterns});;* (*)"
        )
        if path:
            self.import_file(Path(path))

    def import_file(self, path: Path) -> None:
        """The import dialog for a file."""
        dialog = ImportDialog(self._desk, path, self)
        if dialog.exec():
            self.start_import(dialog.fields())

    def start_import(self, fields: dict[str, Any]) -> None:
        """Import in the background."""
        session = self._desk.session

        def work(progress: Progress) -> Any:
            return perform(session, "layers.import_layer", progress=progress, **fields)

        def done(result: Any) -> None:
            self._desk.bridge.deliver()
            self.choose(result["name"])
            self._desk.tell(
                " ".join([_("Imported {name}.").format(name=result["name"]), *result["sentences"][:2]]), "good"
            )

        self._desk.submit(_("Importing {file}").format(file=Path(fields["file"]).name), work, done)
