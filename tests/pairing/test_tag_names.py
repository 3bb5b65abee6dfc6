from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.pairing.tag_names import cut, read, split_of


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("train/box_loss", "train box loss"),
        ("valAccuracy", "val accuracy"),
        ("Test loss (avg on test)", "test loss avg on test"),
        ("metrics/mAP50-95(B)", "metrics map50 95 b"),
        ("LanguageCrossEntropy", "language ce"),
        ("TrainIterStats/loss", "train iter stats loss"),
        ("valid1", "valid 1"),
        ("fold1", "fold1"),
        ("top5_acc", "top5 accuracy"),
        ("batchloss", "batch loss"),
        ("valloss", "val loss"),
        ("aeloss", "ae loss"),
        ("F1", "f1"),
        ("mIoU", "iou"),
        ("learning_rate", "lr"),
        ("training.loss", "training loss"),
        ("lr0.1", "lr0 1"),
        ("held_out/loss", "heldout loss"),
        ("验证集准确率", "验证 集 accuracy"),
        ("", ""),
        ("___", ""),
    ],
)
def test_names_are_cut_into_words(name: str, found: str) -> None:
    assert " ".join(word.text for word in cut(name)) == found


@pytest.mark.parametrize(
    ("tag", "split"),
    [
        ("train_loss", "train"),
        ("Train/Samples/eval_loss", "val"),
        *((f"train/{tag}", "train") for tag in ("loss_dev0", "loss_dev", "dev_loss", "loss_eval_mode")),
        *((f"train/{tag}", "val") for tag in ("val_loss", "eval_loss", "valid_loss")),
        ("eval_mode/loss", "val"),
        ("dev/loss", "val"),
        ("val/train_loss", "train"),
        ("train_eval/loss", "train"),
        ("eval_test_loss", "test"),
        ("valdation/avg_loss", "val"),
        ("Vaildation loss", "val"),
        ("validatoin_loss", "val"),
        *((f"{word}_loss", None) for word in ("constraint", "retrieval", "transformer", "interval", "pretrain")),
        *((f"{word}_loss", None) for word in ("latest", "invalid", "trailing", "contest", "value", "std_dev")),
        ("trainable_params", None),
        ("explained_variance", None),
    ],
)
def test_the_rightmost_whole_word_tells_the_split(tag: str, split: str | None) -> None:
    assert read(tag).split == split


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("train/box_loss", "box_loss"),
        ("combined/epoch_training_loss", "combined/loss"),
        ("Loss/train_loss", "loss"),
        ("SST/Train_F1", "SST/F1"),
        ("metrics/train/LanguageCrossEntropy", "LanguageCrossEntropy"),
        ("Train/AngleError", "AngleError"),
        ("lm loss validation", "lm loss"),
        ("Train/Samples/train_loss", "loss"),
        ("train", ""),
    ],
)
def test_the_label_is_what_a_person_calls_the_metric(tag: str, label: str) -> None:
    name = read(tag)
    assert name.label(name.metric) == label


@pytest.mark.parametrize(
    ("tag", "kind", "mode"),
    [
        ("train/MulticlassAccuracy", "score", "max"),
        ("val/MulticlassF1Score", "score", "max"),
        ("val/MulticlassAUROC", "score", "max"),
        ("val/MulticlassPrecision", "score", "max"),
        ("val/MulticlassRecall", "score", "max"),
        ("val/MulticlassJaccardIndex", "score", "max"),
        ("val/MulticlassMatthewsCorrCoef", "score", "max"),
        ("val/MulticlassHammingDistance", "error", "min"),
        ("val/MultilabelAccuracy", "score", "max"),
        ("multiclass_accuracy", "score", "max"),
        ("multiclass", "loss", "min"),
        *((tag, "loss", "min") for tag in ("hinge", "huber")),
        *((tag, "error", "min") for tag in ("abs_rel", "train/PER", "PER/val")),
        *((tag, "score", "max") for tag in ("c_index", "mean_io_u", "accuracy01", "log_prob", "act_accuracy")),
        *((tag, "none", None) for tag in ("TP", "FP", "FN", "TN", "p_value", "codebook_usage", "act_mean")),
        *((tag, "score", "max") for tag in ("nll_accuracy", "ce_acc", "bce_auc", "criterion_f1", "cost_accuracy")),
        *((tag, "score", "max") for tag in ("loss_acc", "kl_reward")),
        *((f"val_neg_{loss}", "score", "max") for loss in ("mean_squared_error", "log_loss", "mse", "ce")),
        *((f"val/{neg}", "error", "min") for neg in ("neg_reward", "negative_reward", "neg_psnr", "neg_iou")),
        *((f"val/{neg}", "error", "min") for neg in ("neg_corr", "1-acc", "1-dice", "minus_iou", "NegativeSSIM")),
        ("val_1-acc", "error", "min"),
        *((tag, "loss", "min") for tag in ("neg_elbo", "nll", "negative_log_likelihood", "neg_loss", "loss_neg")),
        ("loss_neg_iou", "loss", "min"),
        *((tag, "score", None) for tag in ("neg_acc", "acc_neg", "rewards/rejected", "rejected_reward")),
        *((tag, "score", "max") for tag in ("top-1-acc", "1_acc", "rewards/chosen", "top1-acc")),
        *((tag, "loss", "min") for tag in ("loss_dice", "loss/iou", "loss_giou", "loss_l1", "loss_ssim")),
    ],
)
def test_the_name_tells_which_way_is_better(tag: str, kind: str, mode: str | None) -> None:
    assert (read(tag).kind, read(tag).mode) == (kind, mode)


@pytest.mark.parametrize(
    ("word", "split"),
    [("validaton", "val"), ("vaalidation", "val"), ("traininng", "train"), ("straining", None), ("invalidation", None)],
)
def test_one_slip_of_the_finger_is_forgiven(word: str, split: str | None) -> None:
    assert split_of(word) == split


@given(st.text())
def test_no_name_raises(name: str) -> None:
    label = read(name).label(read(name).metric)
    assert len(label) <= 2 * len(name)
