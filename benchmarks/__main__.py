"""Run one measurement with Django set up: `python -m benchmarks mail`."""

import os
import sys
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciwo_portal.settings")
    django.setup()
    import_module(f"benchmarks.{sys.argv[1]}").main()
