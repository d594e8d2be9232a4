"""The receiver process: a door for what others send by themselves; it never loads torch."""

import collimate.tables  # noqa: F401
from collimate.studies.stand_by import stand_by

if __name__ == "__main__":
    stand_by()
