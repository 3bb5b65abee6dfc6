"""Train small networks on the real data sets that scikit-learn bundles, and keep their loss curves.

    python -m benchmarks.judging.train_models        # about six minutes; rewrites judging/real_trainings.npz

The truth is the loss on a large held-out set, computed at every evaluation. A detector sees the loss on a small
validation set: either the same examples at every evaluation, which the truth excludes, or fresh ones each time.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_sample_image
from torch import Tensor, nn

OUTPUT = Path(__file__).with_name("real_trainings.npz")
EVALUATIONS = 120
"""Evaluations per training."""
Curve = NDArray[np.float32]
LOGGED_PER_EVALUATION = 2
"""Train points per evaluation, each the mean of half the steps since the one before."""
TABLE_MODELS = 300
"""Models that are trained on digits and medical tables; they come first."""
PATCH_MODELS = 240
"""Models that are trained on patches of the two photographs."""


@dataclass(frozen=True)
class Task:
    """One data set and one learning problem on it; `kind` is "classes" or "values"."""

    name: str
    inputs: Tensor
    targets: Tensor
    kind: str

    @property
    def outputs(self) -> int:
        """Width of the last layer."""
        if self.kind == "classes":
            return int(self.targets.max()) + 1
        return self.targets.shape[1]

    def loss(self, predicted: Tensor, targets: Tensor) -> Tensor:
        """Mean loss."""
        if self.kind == "classes":
            return nn.functional.cross_entropy(predicted, targets)
        return nn.functional.mse_loss(predicted, targets)


def tasks() -> list[Task]:
    """All tasks: classification, regression and reconstruction on real data."""
    return [*table_tasks(), *patch_tasks()]


def patch_tasks() -> list[Task]:
    """Self-supervised tasks on disjoint 8 x 8 patches of two photographs: thousands of examples for the truth."""
    china, flower = patches("china.jpg"), patches("flower.jpg")
    rng = torch.Generator().manual_seed(0)
    turns = torch.randint(4, (len(china),), generator=rng)
    turned = torch.stack([torch.rot90(p, int(k)) for p, k in zip(china.mean(3), turns, strict=True)])
    swapped = torch.randint(2, (len(flower),), generator=rng)
    grey = flower.mean(3)
    ordered = torch.where(swapped[:, None, None] == 1, torch.cat([grey[:, :, 4:], grey[:, :, :4]], 2), grey)
    middle = torch.zeros(8, 8, dtype=torch.bool)
    middle[2:6, 2:6] = True
    whole = china.mean(3)
    return [
        Task("china_inpaint", whole[:, ~middle], whole[:, middle], "values"),
        Task("china_rotation", turned.flatten(1), turns, "classes"),
        Task("flower_colour", grey.flatten(1), (flower - grey[..., None]).mean((1, 2)), "values"),
        Task("flower_order", ordered.flatten(1), swapped, "classes"),
    ]


def patches(picture: str) -> Tensor:
    """Cut a photograph into squares, float32 [4240, 8, 8, 3], of zero mean and unit variance."""
    pixels = torch.tensor(load_sample_image(picture), dtype=torch.float32)
    cut = (
        pixels[: 8 * (pixels.shape[0] // 8)].unfold(0, 8, 8).unfold(1, 8, 8).permute(0, 1, 3, 4, 2).reshape(-1, 8, 8, 3)
    )
    scaled: Tensor = (cut - cut.mean()) / cut.std()
    return scaled


def table_tasks() -> list[Task]:
    """Tasks on the digits and two medical tables."""
    digits, cancer, diabetes = load_digits(), load_breast_cancer(), load_diabetes()

    def tensor(array: object) -> Tensor:
        return torch.tensor(np.asarray(array), dtype=torch.float32)

    def standard(array: object) -> Tensor:
        data = tensor(array)
        scaled: Tensor = (data - data.mean(0)) / (data.std(0) + 1e-6)
        return scaled

    pixels = tensor(digits.data) / 16
    return [
        Task("digits", pixels, torch.tensor(digits.target), "classes"),
        Task("digits_parity", pixels, torch.tensor(digits.target % 2), "classes"),
        Task("digits_lower_half", pixels[:, :32], pixels[:, 32:], "values"),
        Task("breast_cancer", standard(cancer.data), torch.tensor(cancer.target), "classes"),
        Task("diabetes", standard(diabetes.data), standard(diabetes.target[:, None]), "values"),
    ]


@dataclass(frozen=True)
class Recipe:
    """The settings of one training."""

    task: int
    seed: int
    train_size: int
    val_size: int
    width: int
    depth: int
    dropout: float
    weight_decay: float
    label_noise: float
    optimizer: str
    rate: float
    schedule: str
    steps: int
    batch: int


def recipe(seed: int) -> Recipe:
    """Draw the settings of model `seed`."""
    rng = np.random.default_rng(seed)
    task = seed % 5 if seed < TABLE_MODELS else 5 + seed % 4
    small = task in (3, 4)
    adam = rng.random() < 0.7
    return Recipe(
        task=task,
        seed=seed,
        train_size=int(rng.choice([40, 80, 150])) if small else int(rng.choice([60, 150, 300, 600])),
        val_size=int(rng.choice([80, 120])) if small else int(rng.choice([100, 200, 400])),
        width=int(rng.choice([4, 16, 64, 128])),
        depth=int(rng.choice([1, 1, 2])),
        dropout=float(rng.choice([0, 0, 0.2, 0.5])),
        weight_decay=float(rng.choice([0, 0, 1e-3, 3e-2])),
        label_noise=float(rng.choice([0, 0, 0.1, 0.3])),
        optimizer="adam" if adam else "sgd",
        rate=float(10 ** rng.uniform(-3.5, -1.8)) if adam else float(10 ** rng.uniform(-2.0, -0.3)),
        schedule=str(rng.choice(["constant", "constant", "cosine", "step", "restarts"])),
        steps=int(rng.choice([240, 600, 1200])),
        batch=int(rng.choice([16, 32, 64])),
    )


def network(task: Task, settings: Recipe) -> nn.Module:
    """A multi-layer perceptron."""
    layers: list[nn.Module] = []
    width = task.inputs.shape[1]
    for _ in range(settings.depth):
        layers += [nn.Linear(width, settings.width), nn.ReLU(), nn.Dropout(settings.dropout)]
        width = settings.width
    return nn.Sequential(*layers, nn.Linear(width, task.outputs))


def spoil(task: Task, targets: Tensor, share: float, rng: torch.Generator) -> Tensor:
    """Shuffle a share of the training targets, as label noise."""
    spoilt = targets.clone()
    hit = torch.rand(len(targets), generator=rng) < share
    spoilt[hit] = targets[torch.randperm(len(targets), generator=rng)[: int(hit.sum())]]
    return spoilt


def rate_factor(schedule: str, progress: float) -> float:
    """Learning rate relative to its start; `progress` is the fraction of the run."""
    if schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    if schedule == "step":
        return 1.0 if progress < 0.5 else (0.1 if progress < 0.8 else 0.01)
    if schedule == "restarts":
        return 0.5 * (1 + math.cos(math.pi * (progress * 4 % 1)))
    return 1.0


def train(task: Task, settings: Recipe) -> dict[str, Curve]:
    """Train one model.

    Returns:
        Loss curves by name, float32: "train" [EVALUATIONS, LOGGED_PER_EVALUATION], and [EVALUATIONS] each of "val" (a
        fixed validation set), "fresh" (other examples at each evaluation) and "truth".
    """
    torch.manual_seed(settings.seed)
    rng = torch.Generator().manual_seed(settings.seed)
    order = torch.randperm(len(task.inputs), generator=rng)
    cut = settings.train_size
    split, truth_index = order[:cut], order[cut:]
    fixed, truth_index = truth_index[: settings.val_size], truth_index[settings.val_size :]
    x, y = task.inputs[split], spoil(task, task.targets[split], settings.label_noise, rng)
    model = network(task, settings)
    kinds = {"adam": torch.optim.AdamW, "sgd": torch.optim.SGD}
    optimizer = kinds[settings.optimizer](model.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    every = max(LOGGED_PER_EVALUATION, settings.steps // EVALUATIONS)
    logged: list[float] = []
    curves: dict[str, list[float]] = {"val": [], "fresh": [], "truth": []}
    pending: list[float] = []
    steps = every * EVALUATIONS
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * rate_factor(settings.schedule, step / steps)
        batch = torch.randint(cut, (settings.batch,), generator=rng)
        loss = task.loss(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        pending.append(loss.item())
        if (step + 1) % every == 0:
            parts = np.array_split(np.array(pending), LOGGED_PER_EVALUATION)
            logged += [float(part.mean()) for part in parts]
            pending = []
            model.eval()
            with torch.no_grad():
                rest = truth_index[torch.randperm(len(truth_index), generator=rng)]
                for name, index in (("val", fixed), ("fresh", rest[: settings.val_size]), ("truth", truth_index)):
                    curves[name].append(task.loss(model(task.inputs[index]), task.targets[index]).item())
            model.train()
    result = {name: np.array(values, dtype=np.float32) for name, values in curves.items()}
    result["train"] = np.array(logged, dtype=np.float32).reshape(EVALUATIONS, LOGGED_PER_EVALUATION)
    return result


def main(seeds: range) -> None:
    torch.set_num_threads(1)
    everything = tasks()
    columns: dict[str, list[Curve]] = {}
    names: list[str] = []
    for seed in seeds:
        settings = recipe(seed)
        task = everything[settings.task]
        for name, values in train(task, settings).items():
            columns.setdefault(name, []).append(rounded(values))
        names.append(task.name)
        print(f"\r{seed + 1}/{seeds.stop} {task.name:<20}", end="", file=sys.stderr, flush=True)
    np.savez_compressed(
        OUTPUT,
        task=np.array(names),
        train=np.stack(columns["train"]),
        val=np.stack(columns["val"]),
        fresh=np.stack(columns["fresh"]),
        truth=np.stack(columns["truth"]),
    )
    print(f"\n{OUTPUT}: {OUTPUT.stat().st_size / 1024:.0f} KiB", file=sys.stderr)


def rounded(values: Curve) -> Curve:
    """Keep 12 bits of the mantissa (1 part in 8,000); the other bits are noise that does not compress."""
    bits = (values.view(np.uint32) + np.uint32(0x400)) & np.uint32(0xFFFFF800)
    result: Curve = bits.view(np.float32)
    return result


if __name__ == "__main__":
    main(range(TABLE_MODELS + PATCH_MODELS))
