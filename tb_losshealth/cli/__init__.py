"""The `tb-losshealth` command: report, check, export, html."""
