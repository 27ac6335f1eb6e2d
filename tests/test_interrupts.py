"""Ctrl-C during a build: before the commit nothing changes, after it the build stands."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as a terminal has it
def interrupt(event, arguments):
    if {moment}:
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
sys.argv = ['docindex', 'build']
from docindex.cli.startup import run; run()
"""
AT_COMMIT = "event == 'os.rename' and str(arguments[1]).startswith('commit-')"
AFTER_COMMIT = "event == 'os.remove' and str(arguments[0]).startswith('commit-')"
IN_REPORT = "event == 'import' and arguments[0] == 'docindex.render.reports'"
BEFORE_COMMIT = "event == 'os.rename' and str(arguments[1]).startswith('sources-')"


def interrupted_build(moment: str) -> tuple[int, str, str]:
    """Build, and press Ctrl-C at a moment that an audit event tells.

    Return the exit code, stdout and stderr.
    """
    program = INTERRUPTED.format(moment=moment)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("moment", [AT_COMMIT, AFTER_COMMIT, IN_REPORT])
def test_ctrl_c_after_the_commit_says_that_the_index_is_built(archive: Path, run, moment: str) -> None:
    run("build")
    (archive / "press" / "a.txt").write_text("A harbour.\n")
    code, out, err = interrupted_build(moment)
    assert (code, out) == (1, "")
    assert err == "docindex: the index is built, and the report was interrupted\n  try: docindex status\n"
    assert run("search", "harbour").code == 0


def test_ctrl_c_before_the_commit_changes_nothing(archive: Path, run) -> None:
    run("build")
    (archive / "press" / "a.txt").write_text("A harbour.\n")
    assert interrupted_build(BEFORE_COMMIT) == (130, "", "")
    assert run("search", "harbour").code == 1
    assert run("search", "Belmokhtar").code == 0


def test_the_handler_of_ctrl_c_is_given_back(archive: Path, run) -> None:
    before = signal.getsignal(signal.SIGINT)
    run("build")
    assert signal.getsignal(signal.SIGINT) is before
