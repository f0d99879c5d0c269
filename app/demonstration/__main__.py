"""``python -m app.demonstration make`` plays the town's past and packs it into the file that ships (15 seconds)."""

from __future__ import annotations

import sys

from app.demonstration import shipping


def main(arguments: list[str]) -> int:
    """Make the file."""
    if arguments != ["make"]:
        print("usage: python -m app.demonstration make", file=sys.stderr)
        return 2
    shipping.make()
    print(f"{shipping.FILE.name}: {shipping.FILE.stat().st_size / 1_000_000:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
