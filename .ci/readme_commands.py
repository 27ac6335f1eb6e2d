"""Print a one-line command of the README: what is tested is what people paste.

The argument is its number, 1 or 2.
"""

import re
import sys
from pathlib import Path

readme = Path("README.md").read_text(encoding="utf-8")
commands = re.findall(r"^```sh\n(python3 -m venv [^\n]*)\n```$", readme, re.MULTILINE)
print(commands[int(sys.argv[1]) - 1])
