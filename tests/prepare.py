"""What the tests need that is no Python package, installed before they start, so that progress is seen: `python -m tests.prepare`.

Workers that run side by side find it in place then.
"""

import sys

from tests.js import nodejs
from tests.js.driver import HERE
from tests.pages import browser


def main() -> int:
    """Install what is missing; 1 where that cannot be done, with a sentence that says what to do."""
    try:
        if not nodejs.installed(HERE):
            print("installing socket.io-client from tests/js/package-lock.json …", flush=True)  # noqa: T201 - progress for a person
        nodejs.modules(HERE)
        browser.ensure()
    except (nodejs.NodeError, browser.BrowserError) as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - for the person who asked
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
