"""Tables by subject. Every table: integer id, uuid, stamps; references by uuid; REAL and TEXT only."""

from onekl_desktop.project.records.base import Record, record_kinds
from onekl_desktop.project.records.commons import Bundle, ReleaseRule, Resource
from onekl_desktop.project.records.finance import (
    ExchangeRate,
    FinanceFlow,
    FinanceLine,
    FinanceSource,
    Funding,
    HouseholdType,
    Idea,
    Movement,
    Project,
    ProjectPart,
    RoomItem,
)
from onekl_desktop.project.records.governance import Assessment, AssessmentAnswer
from onekl_desktop.project.records.impact import Observation
from onekl_desktop.project.records.indicators import Indicator, IndicatorValue
from onekl_desktop.project.records.journal import JournalEntry, Meta, Parked
from onekl_desktop.project.records.landscape import Landscape
from onekl_desktop.project.records.layers import LandCoverClass, Layer
from onekl_desktop.project.records.maps import Bookmark, MapLayout
from onekl_desktop.project.records.partnership import (
    Agreement,
    Consent,
    Decision,
    Group,
    Organisation,
    Person,
    Signature,
    Vote,
)
from onekl_desktop.project.records.runs import Run
from onekl_desktop.project.records.scenarios import (
    STAYS,
    ChainModel,
    GroupWeight,
    Intervention,
    Practice,
    Projection,
    Scenario,
)
from onekl_desktop.project.records.vision import Action, Goal, Target

__all__ = [
    "STAYS",
    "Action",
    "Agreement",
    "Assessment",
    "AssessmentAnswer",
    "Bookmark",
    "Bundle",
    "ChainModel",
    "Consent",
    "Decision",
    "ExchangeRate",
    "FinanceFlow",
    "FinanceLine",
    "FinanceSource",
    "Funding",
    "Goal",
    "Group",
    "GroupWeight",
    "HouseholdType",
    "Idea",
    "Indicator",
    "IndicatorValue",
    "Intervention",
    "JournalEntry",
    "LandCoverClass",
    "Landscape",
    "Layer",
    "MapLayout",
    "Meta",
    "Movement",
    "Observation",
    "Organisation",
    "Parked",
    "Person",
    "Practice",
    "Project",
    "ProjectPart",
    "Projection",
    "Record",
    "ReleaseRule",
    "Resource",
    "RoomItem",
    "Run",
    "Scenario",
    "Signature",
    "Target",
    "Vote",
    "record_kinds",
]
