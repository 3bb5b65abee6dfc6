"""What runs inside training code: the drop-in SummaryWriter and one file per framework."""

from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "tb_losshealth.writer works inside PyTorch: pip install 'tb-losshealth[torch]'. The viewer does without.",
        name="torch",
    )
