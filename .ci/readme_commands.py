"""Print a one-line command of the README: what is tested is what people paste.

The argument is its number, 1 or 2.
"""

import re
import sys
from pathlib import Path

blocks = re.findall(r"^```sh\n(.*?)\n```$", Path("README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
print(blocks[int(sys.argv[1]) - 1])
