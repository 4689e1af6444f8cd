"""The empty plot that charts with pyqtgraph start from: one theme, nothing that moves by itself."""

from __future__ import annotations

import os
from typing import Any

from onekl_desktop.gui.theme import current_tokens

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")


def make_plot(*, vertical_grid: bool = False) -> tuple[Any, Any]:
    """Pyqtgraph (imported with the first chart, not with the window) and a plot in the theme's colours."""
    import pyqtgraph as pg

    tokens = current_tokens()
    plot: Any = pg.PlotWidget(background=tokens.surface)
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.showGrid(x=vertical_grid, y=True, alpha=0.15)
    plot.setMinimumHeight(150)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(tokens.border))
        axis.setTextPen(pg.mkPen(tokens.soft))
        axis.setStyle(tickLength=0)
        axis.enableAutoSIPrefix(False)
    return pg, plot
