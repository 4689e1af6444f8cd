"""Tables by subject. Every table: integer id, uuid, stamps; references by uuid; REAL and TEXT only."""

from onekl_desktop.project.records.base import Record, record_kinds
from onekl_desktop.project.records.indicators import Indicator, IndicatorValue
from onekl_desktop.project.records.journal import JournalEntry, Meta, Parked
from onekl_desktop.project.records.landscape import Landscape
from onekl_desktop.project.records.layers import LandCoverClass, Layer
from onekl_desktop.project.records.runs import Run
from onekl_desktop.project.records.scenarios import Intervention, Practice, Scenario

__all__ = [
    "Indicator", "IndicatorValue", "Intervention", "JournalEntry", "LandCoverClass", "Landscape", "Layer", "Meta",
    "Parked", "Practice", "Record", "Run", "Scenario", "record_kinds",
]  # fmt: skip
