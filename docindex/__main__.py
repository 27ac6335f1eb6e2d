"""The start of docindex, as a command and as `python -m docindex`."""

from docindex.cli.startup import run

if __name__ == "__main__":
    run()
