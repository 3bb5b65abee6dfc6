"""`python -m tb_losshealth` is the `tb-losshealth` command."""

from __future__ import annotations

import sys

from tb_losshealth.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
