"""Lets `python -m dutyroom` be the command line; knows nothing else."""

import sys

from dutyroom.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
