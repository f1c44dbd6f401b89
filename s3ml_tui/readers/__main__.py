"""The process itself: limits first, then requests on stdin, readings on stdout, until stdin ends."""

import os
import sys

from s3ml_tui.readers.limits import limit
from s3ml_tui.readers.protocol import Conversation

HELP = "Reads requests on stdin and answers on stdout, in frames. s3ml starts it; its argument is a limit in bytes."


def main() -> int:
    """Go on until the app has gone."""
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        print(HELP)
        return 2
    limit(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    Conversation(sys.stdin.buffer, answers).go_on()
    return 0


if __name__ == "__main__":
    sys.exit(main())
