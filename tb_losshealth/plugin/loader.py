"""The entry point: what TensorBoard imports at start. It must be quick and must never fail."""

from __future__ import annotations

import argparse
import logging

from tensorboard.plugins import base_plugin

logger = logging.getLogger(__name__)


class LossHealthLoader(base_plugin.TBLoader):  # type: ignore[misc]  # tensorboard has no types
    """Loads the plugin; if that fails, TensorBoard goes on without it and the log says why."""

    def define_flags(self, parser: argparse.ArgumentParser) -> None:
        """Adds the one flag; its name carries ours, since a clash with another plugin's would stop TensorBoard."""
        group = parser.add_argument_group("loss health plugin")
        group.add_argument(
            "--losshealth_config",
            metavar="PATH",
            default="",
            help="a losshealth.toml that declares pairs that the names do not show; without this flag, "
            "the losshealth.toml in the logdir is used if there is one",
        )

    def load(self, context: base_plugin.TBContext) -> base_plugin.TBPlugin | None:
        """The plugin, or None (which TensorBoard skips) if it cannot be loaded."""
        try:
            from tb_losshealth.plugin.plugin import LossHealthPlugin

            return LossHealthPlugin(context)
        except Exception:
            logger.exception("The Loss Health tab could not be loaded; the rest of TensorBoard is not affected.")
            return None
