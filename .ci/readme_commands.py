"""Print the README's first or second one-line command, so that what is tested is what people paste."""

import re
import sys
from pathlib import Path

blocks = re.findall(r"^```sh\n(.*?)\n```$", Path("README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
print(blocks[int(sys.argv[1]) - 1])
