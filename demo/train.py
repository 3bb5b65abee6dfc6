"""Train five small networks on scikit-learn's digits, each for another verdict. Usage: python demo/train.py LOGDIR.

Every curve comes from a real training. The trainings differ in their data, model size and optimiser. The train loss is
logged at every step and the validation loss once per epoch, both against the step.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from tb_losshealth import SummaryWriter

SEED = 0
CLASSES = 10
PIXELS = 64
BATCH = 32


@dataclass(frozen=True)
class Recipe:
    """The settings of one training.

    Attributes:
        name: name of the run.
        samples: number of training samples.
        wrong_labels: share of them with a random label.
        hidden: width of the hidden layer; 0 for a linear model.
        dropout: dropout probability.
        lr: learning rate of SGD.
        momentum: momentum of SGD.
        weight_decay: L2 penalty.
        decay: factor on the learning rate after each epoch; above 1, the training ends up diverging.
        epochs: passes over the samples.
    """

    name: str
    samples: int
    wrong_labels: float = 0.0
    hidden: int = 64
    dropout: float = 0.0
    lr: float = 0.02
    momentum: float = 0.9
    weight_decay: float = 0.0
    decay: float = 1.0
    epochs: int = 40


RECIPES = (
    Recipe("converged", samples=1200, hidden=32, dropout=0.2, weight_decay=3e-3, decay=0.93, epochs=80),
    Recipe("overfitting", samples=200, wrong_labels=0.3, hidden=256, lr=0.05, epochs=80),
    Recipe("underfitting", samples=1200, hidden=1, weight_decay=0.1, lr=0.01, epochs=40),
    Recipe("diverging", samples=1200, decay=1.3, epochs=20),
    Recipe("still_improving", samples=1200, lr=0.0005, epochs=30),
)


def load() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Digits in random order: train images and labels, validation images and labels."""
    digits = load_digits()
    images = torch.tensor(digits.data / 16.0, dtype=torch.float32)
    labels = torch.tensor(digits.target)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(SEED))
    train, val = order[:1200], order[1200:]
    return images[train], labels[train], images[val], labels[val]


def build(recipe: Recipe) -> nn.Sequential:
    """A linear model, or one with a hidden layer."""
    if recipe.hidden == 0:
        return nn.Sequential(nn.Linear(PIXELS, CLASSES))
    return nn.Sequential(
        nn.Linear(PIXELS, recipe.hidden), nn.ReLU(), nn.Dropout(recipe.dropout), nn.Linear(recipe.hidden, CLASSES)
    )


def train(recipe: Recipe, logdir: Path) -> None:
    """Train one model and log its losses."""
    torch.manual_seed(SEED)
    images, labels, val_images, val_labels = load()
    images, labels = images[: recipe.samples], labels[: recipe.samples].clone()
    wrong = torch.rand(len(labels)) < recipe.wrong_labels
    labels[wrong] = torch.randint(CLASSES, (int(wrong.sum()),))

    model = build(recipe)
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(
        model.parameters(), lr=recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, recipe.decay)

    with SummaryWriter(str(logdir / recipe.name)) as writer:
        step = 0
        for epoch in range(recipe.epochs):
            model.train()
            for batch in torch.randperm(len(images)).split(BATCH):
                loss = loss_of(model(images[batch]), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                writer.add_paired_scalars("loss", train=loss.item(), global_step=step)
                step += 1
            schedule.step()
            model.eval()
            with torch.no_grad():
                val_loss = loss_of(model(val_images), val_labels).item()
            writer.add_paired_scalars("loss", val=val_loss, global_step=step - 1)
            show_progress(recipe.name, epoch + 1, recipe.epochs, loss.item(), val_loss)


def show_progress(name: str, epoch: int, epochs: int, train_loss: float, val_loss: float) -> None:
    """Print one line per model: on a terminal it is updated in place, elsewhere it appears when the model is done."""
    last = epoch == epochs
    if sys.stdout.isatty() or last:
        line = f"{name:16} epoch {epoch:3}/{epochs}  train {train_loss:8.3g}  validation {val_loss:8.3g}"
        print(f"\r{line}" if sys.stdout.isatty() else line, end="\n" if last else "", flush=True)


def main(logdir: Path) -> None:
    """Train all five; earlier logs of them are replaced."""
    torch.set_num_threads(1)
    started = time.perf_counter()
    for recipe in RECIPES:
        shutil.rmtree(logdir / recipe.name, ignore_errors=True)
        train(recipe, logdir)
    print(f"five models in {time.perf_counter() - started:.0f} s; logs in {logdir}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
