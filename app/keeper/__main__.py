"""``python -m app.keeper`` keeps the keys; with ``verify`` it checks the log and ends (exit 1 if it was tampered with).

With ``beside`` it ends when its standard input does: so it is run by a serving process. With ``demonstration`` it follows
the clock that the demonstration's people turn; a folder that ever followed the machine's clock refuses that.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from threading import Thread
from types import FrameType

from app.foundation.clock import KeptClock
from app.keeper import logs, servers, vaults
from config import Config


def main(arguments: list[str]) -> int:
    """Keep the keys until told to end, or verify the log."""
    config = Config()
    if arguments == ["verify"]:
        return _verify(config)
    if not {"beside", "demonstration"}.issuperset(arguments):
        print("usage: python -m app.keeper [verify | beside] [demonstration]", file=sys.stderr)
        return 2
    turned = (lambda: KeptClock(config.clock_file).instant) if "demonstration" in arguments else None
    logging.basicConfig(format="keeper: %(message)s", level=logging.INFO)
    try:
        vault = servers.open_vault(config.keeper_folder, turned)
        server = servers.listen(vault, config.keeper_address, config.keeper_secret)
    except (
        *(logs.LogBroken, vaults.ClockRefused, servers.FolderOpen, servers.AddressTaken),
        *(OSError, ValueError),
    ) as error:
        print(f"the keeper can't start: {error}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _end)
    if "beside" in arguments:
        Thread(target=_end_with_input, daemon=True).start()
    print(f"the keeper keeps the keys at {config.keeper_address}", flush=True)
    try:
        server.serve_forever(poll_interval=0.5)
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.server_close()
        vault.close()
    return 0


def _end_with_input() -> None:
    while os.read(0, 1):  # sys.stdin would hold a lock that the interpreter needs when it ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _verify(config: Config) -> int:
    path = config.keeper_folder / "log.jsonl"
    try:
        print(f"{logs.verify(path)} lines, unbroken")
    except (logs.LogBroken, OSError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
