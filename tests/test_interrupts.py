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


STARTS = "event == 'socket.connect'"
"""The build asks the forkserver for a worker process."""


@pytest.mark.parametrize("nth", [1])
def test_ctrl_c_ends_a_build_in_silence_while_its_processes_start(archive: Path, nth: int) -> None:
    """In a terminal Ctrl-C reaches all processes of the group: this one, forkserver and workers."""
    for number in range(600):
        (archive / f"press/{number}.txt").write_text(f"Belmokhtar, {number}. " * 100)
    program = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as a terminal has it
seen = 0
def interrupt(event, arguments):
    global seen
    if {STARTS}:
        seen += 1
        if seen == {nth}:
            os.killpg(0, signal.SIGINT)
sys.addaudithook(interrupt)
sys.argv = ['docindex', 'build', '-q', 'press', '--jobs', '2']
from docindex.cli.startup import run; run()
"""
    begun = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    out, err = begun.communicate(timeout=120)
    assert (out, err) == ("", "")
    # A process that the system ends, at the interpreter's very end, has the same code in a shell.
    assert begun.returncode in {130, -signal.SIGINT}
    assert not (archive / "press" / ".docindex" / "commit-1.json").exists()


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_ctrl_c_ends_a_build_in_silence_while_files_are_read(archive: Path, batches: int) -> None:
    for number in range(600):
        (archive / f"press/{number}.txt").write_text(f"Belmokhtar, {number}. " * 100)
    program = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as a terminal has it
from docindex.engines.whoosh.engine import WhooshWriter
usual, seen = WhooshWriter.add_documents, 0
def add(self, inverted):
    global seen
    seen += 1
    if seen > {batches}:
        os.killpg(0, signal.SIGINT)
    usual(self, inverted)
WhooshWriter.add_documents = add
sys.argv = ['docindex', 'build', '-q', 'press', '--jobs', '2']
from docindex.cli.startup import run; run()
"""
    begun = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    out, err = begun.communicate(timeout=120)
    assert (out, err) == ("", "")
    assert begun.returncode in {130, -signal.SIGINT}
    assert not (archive / "press" / ".docindex" / "commit-1.json").exists()
