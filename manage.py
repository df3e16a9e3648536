#!/usr/bin/env python
"""Command line of the product; `site/` joins the import path here because it is a source root, never a package."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plenary.settings.development")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
