"""Who the server runs as. PostgreSQL refuses to run as root, so root lends it an ordinary account.

It knows accounts and whether one can reach a folder; it refuses to know what lies there. On Windows, pg_ctl
itself gives up an administrator's rights, and nothing here applies.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """An ordinary account of this system."""

    name: str
    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """The account to run as, or None to run as ourselves, who are ordinary.

    Root takes whoever owns the folder, or the nearest folder above it that is not root's; else nobody.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    for place in (folder, *folder.parents):
        owner = place.stat().st_uid if place.exists() else 0
        if owner and (_is_known(owner) or (place / "cluster").exists()):
            return _account(owner)
    return _nobody()


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether the account may pass every folder down to `path` and enter it; asked of the system itself."""
    if account is None or sys.platform == "win32":
        return True
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
    )
    return asked.returncode == 0


def give(account: Account | None, path: Path) -> None:
    """Make `path` the account's own."""
    if account is not None and sys.platform != "win32":
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _is_known(uid: int) -> bool:
    """PostgreSQL makes a cluster only for an account with a name; one that is there it serves for any."""
    import pwd  # not on Windows

    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _account(uid: int) -> Account:
    import pwd  # not on Windows

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # a folder brought from another machine: the number is enough
        return Account(str(uid), uid, uid)
    return Account(entry.pw_name, uid, entry.pw_gid)


def _nobody() -> Account:
    import pwd  # not on Windows

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account("65534", 65534, 65534)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
