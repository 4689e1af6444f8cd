"""An open project in the window: rail, map with its card, the tool's panel, the drawer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from onekl_desktop.app.map_bar import MapBar
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import transform
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import Operation, Reference
from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number
from onekl_desktop.cartography.basemap import NO_BASE, WORLD
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.engine import Session
from onekl_desktop.engine.registry import ToolEntry
from onekl_desktop.engine.steps import list_steps
from onekl_desktop.gui.canvas.identify import identify
from onekl_desktop.gui.canvas.tools import PanTool
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.dialogs.palette import Command
from onekl_desktop.gui.docks.card import MapCard
from onekl_desktop.gui.docks.jobs import JobList
from onekl_desktop.gui.docks.messages import MessageBar
from onekl_desktop.gui.icons import icon
from onekl_desktop.gui.kit import EmptyState, VerticalScroll, column, frame, label, row, scroll, tool_button
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.theme import XS, L, M, S, current_tokens
from onekl_desktop.project.changes import ChangeSet
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.queries.records import get_landscape, list_layers
from onekl_desktop.project.styles import Style

ELEMENTS = (
    ("partnership", N_("Partnership"), "partnership"),
    ("understanding", N_("Understanding"), "understanding"),
    ("vision", N_("Vision & plan"), "vision"),
    ("finance", N_("Action & finance"), "finance"),
    ("impact", N_("Impact & commons"), "impact"),
)
RAIL = 142
MOST_FOUND = 20  # records in the palette
SHOWN_TABLES = ("layer", "land_cover_class", "intervention", "practice", "landscape", "scenario")


class Ring(QWidget):
    """How far an element of the landscape cycle is: a ring filled by the share of its steps that are done."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.setFixedSize(18, 18)

    def set_share(self, share: float) -> None:
        """Show another share."""
        self.share = share
        self.setToolTip(_("{share} of the first steps done").format(share=f"{share:.0%}"))
        self.setAccessibleName(self.toolTip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(3, 3, -3, -3)
        painter.setPen(QPen(QColor(tokens.hair), 3))
        painter.drawEllipse(box)
        if self.share > 0:
            painter.setPen(QPen(QColor(tokens.accent), 3))
            painter.drawArc(box, 90 * 16, -round(self.share * 360 * 16))
        painter.end()


class ProjectView(QWidget):
    """Everything between the top bar and the status bar."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.canvas = Canvas()
        self.desk = Desk(session, self.canvas, self)
        self.tool = ""
        self._extra: Callable[[], list[SceneLayer]] | None = None
        self._panels: dict[str, QWidget] = {}
        self._undrawn: set[tuple[str, str]] = set()
        self.base_map = WORLD
        self._drawn_once = False  # the base map waits for the layers
        self._rings_later = QTimer(self)
        self._rings_later.setSingleShot(True)
        self._rings_later.timeout.connect(self._refresh_rings)
        self.messages = MessageBar(self.canvas)
        self.card = MapCard(self.canvas)
        self.panel = QStackedWidget()
        self.jobs = JobList(session.jobs)
        self.drawer = QTabWidget()
        self._build()
        self.desk.message.connect(self.messages.show_message)
        self.desk.drawer.connect(self._show_in_drawer)
        self.desk.wanted.connect(self.show_record)
        self.desk.tool_wanted.connect(self.show_page)
        self.desk.talk_wanted.connect(self.talk_about)
        self.desk.bridge.changed.connect(self._on_changed)
        self.desk.selection.changed.connect(lambda _layer: self.canvas.refresh())

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.rail = rail = self._rail()
        map_area = QWidget()
        layout = QVBoxLayout(map_area)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        maps = QSplitter(Qt.Orientation.Horizontal)
        maps.setChildrenCollapsible(False)
        maps.addWidget(self.canvas)
        layout.addWidget(maps, 1)
        self.map_bar = MapBar(self.desk, maps)
        side = frame("side")
        side.setLayout(column(self.panel))
        drawer = frame("drawer")
        self.drawer.setDocumentMode(True)
        self.drawer.tabBar().setDrawBase(False)
        self.drawer.setCornerWidget(tool_button("close", _("Close the drawer"), drawer.hide, size=16))
        drawer.setLayout(column(self.drawer))
        self._drawer_frame: QFrame = drawer
        drawer.hide()
        self._vertical = QSplitter(Qt.Orientation.Vertical)
        self._vertical.addWidget(map_area)
        self._vertical.addWidget(drawer)
        self._vertical.setStretchFactor(0, 3)
        self._vertical.setStretchFactor(1, 2)
        self._vertical.setChildrenCollapsible(False)
        self._horizontal = QSplitter(Qt.Orientation.Horizontal)
        self._horizontal.addWidget(self._vertical)
        self._horizontal.addWidget(side)
        self._horizontal.setStretchFactor(0, 1)
        self._horizontal.setStretchFactor(1, 0)
        self._horizontal.setChildrenCollapsible(False)
        self._horizontal.setSizes([900, 400])
        side.setMaximumWidth(560)
        body = row(rail, self._horizontal, spacing=0)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _rail(self) -> QFrame:
        rail = frame("rail")
        rail.setFixedWidth(RAIL)
        layout = column(spacing=0)
        layout.setContentsMargins(0, S, 0, S)
        self._buttons = QButtonGroup(self)
        self.rings: dict[str, Ring] = {}
        for id, title, icon_name in ELEMENTS:
            tools = [entry for entry in self.session.registry.entries if entry.spec.element == id]
            ring = Ring(0)
            self.rings[id] = ring
            heading = label(_(title), "small", wrap=True)
            heading.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            head = row(XS, ring, heading, spacing=XS)
            head.setContentsMargins(S, M, XS, XS)
            layout.addLayout(head)
            for entry in tools:
                layout.addWidget(self._tool_button(entry))
            if not tools:
                soon = self._closed_button(icon_name)
                layout.addWidget(soon)
        layout.addStretch(1)
        inner = frame("rail")
        inner.setLayout(layout)
        area = VerticalScroll()  # low windows: nothing is squeezed, the rail scrolls
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        rail.setLayout(column(area, spacing=0))
        return rail

    def _tool_button(self, entry: ToolEntry) -> QToolButton:
        button = QToolButton()
        button.setProperty("rail", True)
        button.setText(_(entry.spec.title).replace("&", "&&"))
        button.setIcon(icon(entry.spec.icon if entry.builtin else "more"))
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setToolTip(_(entry.spec.about) or _(entry.spec.title))
        button.setAccessibleName(_(entry.spec.title))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda _checked=False, id=entry.spec.id: self.show_tool(id))
        button.setObjectName(f"rail_{entry.spec.id}")
        self._buttons.addButton(button)
        return button

    def _closed_button(self, icon_name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("rail", True)
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(22, 22))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setEnabled(False)
        button.setToolTip(_("The tools of this element come with a later version."))
        return button

    # ------------------------------------------------------------ living

    def begin(self, tool: str = "") -> None:
        """Show the map and a tool."""
        self.canvas.set_full_extent(self.desk.source.bounds())
        self.map_bar.refresh()
        self.desk.source.base = self.base_map
        if isinstance(self.canvas.idle_tool, PanTool):
            self.canvas.idle_tool.on_point = self._point
        self.canvas.set_scene(self._scene)
        self.canvas.drawn.connect(self._lay_base)
        self.canvas.drawn.connect(self._tell_undrawn)
        self.canvas.drawn.connect(lambda: self.canvas.do_later(self.desk.source.keep))
        self.canvas.zoom_full()
        ids = [entry.spec.id for entry in self.session.registry.entries]
        wanted = tool if tool in ids else ("scenarios" if "scenarios" in ids and self._has_cover() else ids[0])
        self.show_tool(wanted)

    def _lay_base(self) -> None:
        """The layers are on screen: now what lies under them, and how far each element is (which loads every tool)."""
        if not self._drawn_once:
            self._drawn_once = True
            self._rings_later.start()
            if self.base_map:
                self.canvas.refresh()

    def _tell_undrawn(self) -> None:
        """Say once which layers cannot be drawn, and why."""
        for layer in self.canvas.scene:
            reason = layer.problem or self.canvas.problems.get(layer.uuid)
            if reason and (layer.uuid, reason) not in self._undrawn:
                self._undrawn.add((layer.uuid, reason))
                text = _("The layer {name} cannot be drawn: {reason} The rest of the map is whole.")
                self.desk.tell(text.format(name=layer.name, reason=reason.rstrip(".") + "."), "warning")

    def _has_cover(self) -> bool:
        with self.session.read() as db:
            return bool(get_landscape(db).land_cover)

    def end(self) -> None:
        """Stop everything that ticks; panels are closed before the session is."""
        self._rings_later.stop()
        for panel in self._panels.values():
            close = getattr(panel, "close_panel", None)
            if close is not None:
                close()
        self.map_bar.close()
        self.canvas.close_map()
        self.desk.close()

    def _scene(self) -> list[SceneLayer]:
        return [*self.layers_shown(), *self._chosen_shapes()]

    def layers_shown(self) -> list[SceneLayer]:
        """The base map and what the tool in use shows over it."""
        panel = self._panels.get(self.tool)
        compose = getattr(panel, "compose_scene", None)
        scene: list[SceneLayer] = compose() if compose is not None else self.desk.source.scene()
        try:
            under = self.desk.source.under() if self._drawn_once else []
        except UserError as problem:
            self.desk.source.base = NO_BASE
            under = [SceneLayer("base", _("Base map"), Style(), problem=str(problem))]
        return [*under, *scene]

    def _chosen_shapes(self) -> list[SceneLayer]:
        """What is chosen, over all layers."""
        chosen = self.desk.selection.all()
        if not chosen:
            return []
        with self.session.read() as db:
            layers = [layer for layer in list_layers(db) if layer.uuid in chosen and layer.visible]
        return [self.desk.source.chosen(layer, chosen[layer.uuid]) for layer in layers]

    def show_tool(self, id: str) -> None:
        """Open a tool's panel; it is imported and made when it is first shown."""
        if id not in self._panels:
            self._panels[id] = self._make_panel(self.session.registry.get_tool(id))
            self.panel.addWidget(self._panels[id])
        self.canvas.set_tool(None)
        self.tool = id
        self.panel.setCurrentWidget(self._panels[id])
        for button in self._buttons.buttons():
            button.setChecked(button.objectName() == f"rail_{id}")
        self.card.hide()
        self.canvas.refresh()

    def _make_panel(self, entry: ToolEntry) -> QWidget:
        if entry.spec.panel:
            panel: QWidget = entry.load(entry.spec.panel)(self.desk)
            return panel
        return GeneratedPanel(self.desk, entry)

    def rail_button(self, id: str) -> QWidget | None:
        """The rail's button of a tool."""
        return next((button for button in self._buttons.buttons() if button.objectName() == f"rail_{id}"), None)

    def panel_of(self, id: str) -> QWidget:
        """The panel of a tool, made when needed."""
        self.show_tool(id)
        return self._panels[id]

    def show_page(self, tool: str, page: str = "") -> None:
        """A tool's panel, at one of its pages."""
        panel = self.panel_of(tool)
        if page and isinstance(panel, RecordsPanel) and page in panel.pages:
            panel.show_page(page)

    def talk_about(self, kind: str, uuid: str) -> None:
        """The form for a comment about a record."""
        _entry, operation = self.session.registry.get_operation("decisions.add_comment")
        values = {"subject_kind": kind, "subject": uuid}
        OperationDialog(
            self.desk,
            "decisions.add_comment",
            operation,
            values,
            hidden=("longitude", "latitude", "answers"),
            parent=self,
        ).exec()

    def show_record(self, kind: str, uuid: str) -> None:
        """A record in the table of the tool whose operations change it; what has no table is said so."""
        for entry in self.session.registry.entries:
            fields = [
                operation.inputs[0]
                for operation in entry.spec.operations
                if operation.inputs and operation.id.startswith(("change_", "remove_"))
            ]
            if any(isinstance(field, Reference) and field.of == kind for field in fields):
                panel = self.panel_of(entry.spec.id)
                if isinstance(panel, RecordsPanel) and panel.show_record(uuid):
                    return
        self.desk.tell(_("This record has no table of its own; it belongs to another one."))

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*SHOWN_TABLES) or changes.tables:
            if changes.touches("landscape"):
                self.canvas.set_full_extent(self.desk.source.bounds())
            self.canvas.refresh()
            self.map_bar.refresh()
            self._forget_gone()
        self._rings_later.start()

    def _forget_gone(self) -> None:
        """Shapes that are gone are chosen no longer."""
        chosen = self.desk.selection.all()
        if not chosen:
            return
        with self.session.read() as db:
            tables = {layer.uuid: layer.table_name for layer in list_layers(db)}
        for uuid, keys in chosen.items():
            present: set[int] = set()
            if uuid in tables:
                with self.session.project.read_raw() as raw:
                    present = {key for (key,) in raw.execute(f"SELECT id FROM {quote(tables[uuid])}")}
            self.desk.selection.choose(uuid, keys & present)

    def _refresh_rings(self) -> None:
        for id, ring in self.rings.items():
            entries = [entry for entry in self.session.registry.entries if entry.spec.element == id]
            steps = [step for entry in entries for step in list_steps(self.session, entry.spec)]
            ring.set_share(sum(step.done for step in steps) / len(steps) if steps else 0.0)

    def landscape_name(self) -> tuple[str, bool]:
        """Name, and whether the landscape is invented."""
        with self.session.read() as db:
            landscape = get_landscape(db)
            return landscape.name, landscape.synthetic

    def describe_place(self, x: float, y: float) -> str:
        """Coordinates in the project's CRS and in degrees."""
        import shapely

        point = transform(shapely.Point(x, y), self.session.crs, "EPSG:4326")
        if point.is_empty or point.x != point.x:
            return ""
        north, east = "N" if point.y >= 0 else "S", "E" if point.x >= 0 else "W"
        return f"{format_number(x)} · {format_number(y)}    {abs(point.y):.5f}° {north}  {abs(point.x):.5f}° {east}"

    def _point(self, x: float, y: float) -> None:
        hits = identify(self.canvas.scene, x, y, 6 * self.canvas.view.unit_per_pixel)
        panel = self._panels.get(self.tool)
        pointed = getattr(panel, "on_point", None)
        if pointed is not None:
            pointed(hits)
        self.card.show_hits(self.session, hits)

    # ------------------------------------------------------------ drawer, jobs, reports

    def _show_in_drawer(self, widget: QWidget, title: str) -> None:
        at = self.drawer.indexOf(widget)
        if at < 0:
            at = self.drawer.addTab(widget, title)
        self.drawer.setTabText(at, title)
        self.drawer.setCurrentIndex(at)
        if not self._drawer_frame.isVisible():
            self._drawer_frame.show()
            total = sum(self._vertical.sizes()) or self.height()
            self._vertical.setSizes([round(total * 0.58), round(total * 0.42)])

    def show_jobs(self) -> None:
        """The job list in the drawer."""
        self.jobs.refresh()
        if (
            self.drawer.indexOf(self._job_page()) < 0
            or not self._drawer_frame.isVisible()
            or self.drawer.currentWidget() is not self._job_page()
        ):
            self._show_in_drawer(self._job_page(), _("Jobs"))
        else:
            self._drawer_frame.hide()

    def _job_page(self) -> QWidget:
        if not hasattr(self, "_job_scroll"):
            self._job_scroll = scroll(self.jobs)
        return self._job_scroll

    def refresh_jobs(self) -> None:
        """The heartbeat."""
        if self.jobs.isVisible():
            self.jobs.refresh()

    def write_report(self, report: str, out: Path, subject: str = "") -> None:
        """Write a page in the background."""
        from onekl_desktop.reports.write import write_report  # with ReportLab: not needed to show the window

        session = self.session

        def work(progress: Progress) -> Path:
            progress.report(None, _("Writing {file}").format(file=out.name))
            return write_report(session, report, out, subject=subject)

        self.desk.submit(
            _("Writing {file}").format(file=out.name),
            work,
            lambda path: self.desk.tell(_("Wrote {file}.").format(file=path), "good"),
        )

    def set_base_map(self, base: str) -> None:
        """Lay another base map under the layers: the world, a file of tiles, or none."""
        self.base_map = self.desk.source.base = base
        self.canvas.refresh()

    def print_map(self) -> None:
        """The dialog that prints what the map shows."""
        from onekl_desktop.app.print_map import PrintDialog  # not needed to show the window

        PrintDialog(self.desk, self.layers_shown(), self.window()).exec()

    def offer_file(self, path: Path) -> None:
        """A file was dropped on the map: the tool that imports takes it."""
        panel = self.panel_of("layers")
        take = getattr(panel, "import_file", None)
        if take is not None:
            take(path)

    def commands(self) -> list[Command]:
        """Tools and operations for the palette."""
        out = []
        for entry in self.session.registry.entries:
            title = _(entry.spec.title)
            out.append(
                Command(
                    title,
                    _("Tool"),
                    lambda id=entry.spec.id: self.show_tool(id),
                    entry.spec.icon if entry.builtin else "more",
                )
            )
            out += [
                Command(_(operation.title), title, lambda entry=entry, operation=operation: self._open_operation(entry, operation), "edit")
                for operation in entry.spec.operations if not operation.hidden and not _needs_drawing(operation)
            ]  # fmt: skip
        return out

    def find_records(self, text: str) -> list[Command]:
        """Records that hold the words, as lines of the palette that show them."""
        return [
            Command(
                found.title or found.extract,
                _(RECORD_WORDS.get(found.kind, found.kind)),
                partial(self.show_record, found.kind, found.uuid),
                "search",
            )
            for found in self.desk.index.find(text, MOST_FOUND)
        ]

    def _open_operation(self, entry: ToolEntry, operation: Operation) -> None:
        panel = self.panel_of(entry.spec.id)
        own = getattr(panel, f"open_{operation.id}", None)
        if own is not None:
            own()
        else:
            OperationDialog(self.desk, f"{entry.spec.id}.{operation.id}", operation, parent=self).exec()


def _needs_drawing(operation: Operation) -> bool:
    return any(field.kind == "shape" for field in operation.inputs)


class GeneratedPanel(QWidget):
    """The panel of a tool that brings none: its operations as buttons that open their forms."""

    def __init__(self, desk: Desk, entry: ToolEntry) -> None:
        super().__init__()
        parts: list[object] = [label(_(entry.spec.title), "title"), label(_(entry.spec.about), "soft", wrap=True), S]
        for operation in entry.spec.operations:
            if operation.hidden:
                continue
            name = f"{entry.spec.id}.{operation.id}"
            state = EmptyState(
                _(operation.title), _(operation.about), _(operation.title),
                lambda name=name, operation=operation: OperationDialog(desk, name, operation, parent=self).exec(),
            )  # fmt: skip
            parts.append(state)
        inner = QWidget()
        inner.setLayout(column(*parts, None, margins=L, spacing=M))  # type: ignore[arg-type]
        self.setLayout(column(scroll(inner)))
