"""Run one of the careless mail programs: `python -m tests.faults mark_first`."""

import os
import sys
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciwo_portal.settings")
    django.setup()
    getattr(import_module("tests.faults.careless"), sys.argv[1])()
