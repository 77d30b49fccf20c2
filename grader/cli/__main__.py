"""``python -m grader.cli``, which is what the command ``grader`` goes on as."""

import sys

from grader.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
