"""Where docindex begins, as a command and as `python -m docindex`."""

from __future__ import annotations

import os
import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. Ctrl-C ends it in silence from here on."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        # While it is loaded nothing has begun that would have to be left in order.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from docindex import cli

    signal.signal(signal.SIGINT, usual)
    cli.main()


if __name__ == "__main__":
    main()
