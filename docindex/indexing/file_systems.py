"""File systems that tell of every change, as opposed to those that other machines change too."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL_KINDS = frozenset(
    "bcachefs btrfs erofs exfat ext2 ext3 ext4 f2fs jfs msdos nilfs2 ntfs ntfs3 overlay ramfs reiserfs squashfs"
    " tmpfs udf vfat xfs zfs".split()
)
"""File systems of this machine alone. Of all others, events may be missing: they are polled."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


def is_local(folder: str) -> bool:
    """Return True if each change below a folder's file system comes from this machine."""
    path = os.path.realpath(folder)
    mounts = _mounts()
    while path not in mounts and path != "/":
        path = os.path.dirname(path)
    return mounts.get(path) in LOCAL_KINDS


@cache
def _mounts() -> Mapping[str, str]:
    """Return the kind of file system at each mount point; the last mount hides those before."""
    found = {}
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                before, _, after = line.partition(" - ")
                point = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), before.split(" ")[4])
                found[point] = after.split(" ")[0]
    except (OSError, IndexError):
        return {}
    return found
