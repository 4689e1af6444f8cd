"""A receiver at a pseudo-terminal: it is heard at any speed, recorded as it speaks, and missed when it is pulled out."""

import os
import sys

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.exchange import receiver as module
from onekl_desktop.exchange.nmea import read_fixes
from onekl_desktop.exchange.receiver import Receiver
from tests.exchange.test_nmea import gga, sentence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX systems")


@pytest.fixture
def port():
    """The receiver's end, and the name of ours."""
    master, slave = os.openpty()
    yield master, os.ttyname(slave)
    os.close(slave)
    try:
        os.close(master)
    except OSError:
        pass  # pulled out by the test


def say(master, *lines):
    os.write(master, "".join(f"{line}\r\n" for line in lines).encode())


def test_a_walk_is_recorded_as_the_receiver_speaks(port, tmp_path, qtbot):
    master, name = port
    receiver = Receiver(name)
    try:
        assert not receiver.heard and receiver.last is None and receiver.fixes == []
        say(master, sentence("GPGSV,1,1,00"))
        qtbot.waitUntil(lambda: receiver.heard)
        say(master, gga(1, 2.70, 99.00))
        qtbot.waitUntil(lambda: receiver.last is not None)
        assert receiver.fixes == []  # nothing is recorded yet
        file = tmp_path / "tracks" / "a.nmea"
        receiver.record(file)
        say(master, gga(2, 2.71, 99.01), sentence("GPRMC,000002,A,0242.6000,N,09900.6000,E,0,0,010126,,"), "noise")
        os.write(master, gga(3, 2.72, 99.02)[:20].encode())  # a sentence comes in pieces
        say(master, gga(3, 2.72, 99.02)[20:])
        qtbot.waitUntil(lambda: len(receiver.fixes) == 2)
        assert [fix.latitude for fix in read_fixes(file)] == pytest.approx([2.71, 2.72])  # there while it records
        receiver.pause()
        say(master, gga(4, 2.73, 99.03))
        qtbot.waitUntil(lambda: receiver.last.latitude == pytest.approx(2.73))
        assert len(read_fixes(file)) == 2 and not receiver.recording
    finally:
        receiver.close()


def test_other_speeds_are_tried_until_it_is_understood(port, monkeypatch, qtbot):
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    master, name = port
    receiver = Receiver(name)
    try:
        qtbot.waitUntil(lambda: receiver.rate == 38400)
        monkeypatch.setattr(module, "PATIENCE_S", 1e9)
        say(master, gga(1, -2.5, 110.0))
        qtbot.waitUntil(lambda: receiver.last is not None)
        rate = receiver.rate
        assert receiver.last.latitude == pytest.approx(-2.5) and rate in module.RATES
    finally:
        receiver.close()


def test_a_receiver_that_is_pulled_out_is_told_and_nothing_recorded_is_lost(port, tmp_path, qtbot):
    master, name = port
    receiver = Receiver(name)
    try:
        receiver.record(tmp_path / "a.nmea")
        say(master, gga(1, 2.70, 99.00))
        qtbot.waitUntil(lambda: bool(receiver.fixes))
        os.close(master)
        qtbot.waitUntil(lambda: receiver.problem is not None)
        assert receiver.problem.code == "gps.port" and name in str(receiver.problem)
        assert len(read_fixes(tmp_path / "a.nmea")) == 1
    finally:
        receiver.close()


def test_a_port_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError) as problem:
        Receiver(str(tmp_path / "no-port"))
    assert problem.value.code == "gps.port" and "No such file" in str(problem.value)
