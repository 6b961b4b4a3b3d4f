"""``python -m wbe.cli``: the command line where no ``wbe`` is on the path.

Refuses nothing of its own.
"""

from wbe.cli.door import main

if __name__ == "__main__":
    main()
