"""What is done and missing is told when the panel is seen, however it changed meanwhile."""

from onekl_desktop.engine import perform
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.records.steps import StepsCard
from onekl_desktop.tools.partnership.spec import TOOL


def test_a_hidden_card_catches_up_when_it_is_shown(session, qtbot):
    canvas, went = Canvas(), []
    qtbot.addWidget(canvas)
    desk = Desk(session, canvas)
    card = StepsCard(desk, TOOL, went.append)
    qtbot.addWidget(card)
    assert "organisations" in card.missing.text() and not card.done.text()
    perform(session, "partnership.add_organisation", name="Forum")
    desk.bridge.deliver()
    assert "organisations" in card.missing.text()  # nobody sees it yet
    card.show()
    assert card.done.text() == "Done (1 of 7): organisations."
    perform(session, "partnership.add_group", name="Women")
    desk.bridge.deliver()
    assert card.done.text().startswith("Done (2 of 7)")
    card.next.click()
    assert went == ["profile"]
    desk.close()
