"""What general trainers and writers log -> the pairs a person sees there."""

from __future__ import annotations

import pytest

from tb_losshealth.pairing.pair_finder import find_pairs
from tests.pairing.conventions import expected, facts, written

CASES = {
    "pytorch tutorial": (
        "Loss/train, Loss/test, Accuracy/train, Accuracy/test",
        """
        Loss/train ~ Loss/test -> loss [test_as_val]
        Accuracy/train ~ Accuracy/test -> accuracy max [test_as_val]""",
    ),
    "pytorch tutorial, add_scalars": (
        """
        exp/Training vs. Validation Loss_Training :: Training vs. Validation Loss,
        exp/Training vs. Validation Loss_Validation :: Training vs. Validation Loss, exp :: lr""",
        """
        exp/Training vs. Validation Loss_Training :: Training vs. Validation Loss
          ~ exp/Training vs. Validation Loss_Validation :: Training vs. Validation Loss -> loss""",
    ),
    "lightning": ("train_loss, val_loss, epoch, hp_metric, lr-Adam, lr-SGD/pg1", "train_loss ~ val_loss -> loss"),
    "lightning, slashes": (
        "train/loss, val/loss, train/acc, val/acc, test/acc, epoch",
        """
        train/loss ~ val/loss -> loss
        train/acc ~ val/acc -> acc max test=test/acc""",
    ),
    "lightning, step and epoch": (
        "train_loss_step, train_loss_epoch, val_loss, val_loss_step, val_loss_epoch",
        """
        train_loss_epoch ~ val_loss_epoch -> loss""",
    ),
    "lightning, step train alone": (
        "train_loss_step, val_loss",
        """
        train_loss_step ~ val_loss -> loss [step_train_epoch_val]""",
    ),
    "lightning, dataloaders": (
        "train_loss, val_loss/dataloader_idx_0, val_loss/dataloader_idx_1",
        """
        train_loss ~ val_loss/dataloader_idx_0 -> loss (dataloader_idx_0)
        train_loss ~ val_loss/dataloader_idx_1 -> loss (dataloader_idx_1)""",
    ),
    "lightning, one dataloader": (
        "train_loss, val_loss/dataloader_idx_0",
        """
        train_loss ~ val_loss/dataloader_idx_0 -> loss""",
    ),
    "lightning, dataloaders after step and epoch": (
        """
        train_acc_epoch, train_acc_step, val_acc_epoch/dataloader_idx_0, val_acc_epoch/dataloader_idx_1""",
        """
        train_acc_epoch ~ val_acc_epoch/dataloader_idx_0 -> acc (dataloader_idx_0) max
        train_acc_epoch ~ val_acc_epoch/dataloader_idx_1 -> acc (dataloader_idx_1) max""",
    ),
    "hf trainer": (
        """
        train/loss*500, train/grad_norm*500, train/learning_rate*500, train/epoch*500, train/global_step,
        train/train_loss*1, train/train_runtime*1, train/train_samples_per_second*1, train/train_steps_per_second*1,
        train/total_flos*1, eval/loss, eval/accuracy, eval/runtime, eval/samples_per_second,
        eval/steps_per_second""",
        "train/loss ~ eval/loss -> loss",
    ),
    "hf trainer, one evaluation": (
        "train/loss*50, train/train_loss*1, eval/loss*1, eval/runtime*1",
        """
        train/loss ~ eval/loss -> loss""",
    ),
    "hf trainer, several datasets": (
        """
        train/loss, eval/news_loss, eval/news_runtime, eval/books_loss, eval/books_runtime, eval/books_accuracy""",
        """
        train/loss ~ eval/news_loss -> loss (news)
        train/loss ~ eval/books_loss -> loss (books)""",
    ),
    "hf trainer, old": ("loss, learning_rate, eval_loss, eval_acc, eval_mcc", "loss ~ eval_loss -> loss"),
    "trl": (
        """
        train/loss, eval/loss, train/rewards/chosen, eval/rewards/chosen, train/rewards/accuracies,
        eval/rewards/accuracies, train/logps/chosen, eval/logps/chosen, train/logits/chosen, eval/logits/chosen,
        train/num_tokens, eval/num_tokens, train/mean_token_accuracy, eval/mean_token_accuracy""",
        """
        train/loss ~ eval/loss -> loss
        train/mean_token_accuracy ~ eval/mean_token_accuracy -> token_accuracy max
        train/rewards/accuracies ~ eval/rewards/accuracies -> rewards/accuracies max
        train/rewards/chosen ~ eval/rewards/chosen -> rewards/chosen max""",
    ),
    "accelerate": ("train_loss, valid_loss, accuracy, epoch", "train_loss ~ valid_loss -> loss"),
    "accelerate, eval": ("training_loss, eval/loss, step", "training_loss ~ eval/loss -> loss"),
    "keras": (
        """
        logs/20200101-120000/train :: epoch_loss, logs/20200101-120000/train :: epoch_accuracy,
        logs/20200101-120000/train :: epoch_learning_rate, logs/20200101-120000/train :: batch_loss*900,
        logs/20200101-120000/validation :: epoch_loss, logs/20200101-120000/validation :: epoch_accuracy,
        logs/20200101-120000/validation :: evaluation_loss_vs_iterations,
        logs/20200101-120000/validation :: evaluation_accuracy_vs_iterations""",
        """
        logs/20200101-120000/train :: epoch_loss ~ logs/20200101-120000/validation :: epoch_loss -> loss
        logs/20200101-120000/train :: epoch_accuracy ~ logs/20200101-120000/validation :: epoch_accuracy
          -> accuracy max""",
    ),
    "keras, own metric": (
        "train :: epoch_loss, validation :: epoch_loss, train :: epoch_kendo, validation :: epoch_kendo",
        """
        train :: epoch_loss ~ validation :: epoch_loss -> loss
        train :: epoch_kendo ~ validation :: epoch_kendo -> kendo [direction_guessed]""",
    ),
    "keras, tf 1": ("loss, acc, val_loss, val_acc, lr", "loss ~ val_loss -> loss; acc ~ val_acc -> acc max"),
    "keras, tf 1.15": (
        "epoch_loss, epoch_acc, epoch_val_loss, epoch_val_acc, batch_loss, batch_acc",
        """
        epoch_loss ~ epoch_val_loss -> loss
        epoch_acc ~ epoch_val_acc -> acc max""",
    ),
    "keras, many outputs": (
        "loss, a_loss, b_loss, a_acc, val_loss, val_a_loss, val_b_loss, val_a_acc",
        """
        loss ~ val_loss -> loss
        a_loss ~ val_a_loss -> a_loss
        b_loss ~ val_b_loss -> b_loss
        a_acc ~ val_a_acc -> a_acc max""",
    ),
    "fastai": ("train_loss, lr_0, mom_0, valid_loss, error_rate, accuracy", "train_loss ~ valid_loss -> loss"),
    "ignite": (
        "training/batchloss, training/loss, validation/loss, validation/accuracy, training/accuracy",
        """
        training/loss ~ validation/loss -> loss
        training/accuracy ~ validation/accuracy -> accuracy max""",
    ),
    "ignite, misspelt": (
        "training/batchloss, training/avg_loss, valdation/avg_loss, training/avg_accuracy",
        """
        training/avg_loss ~ valdation/avg_loss -> loss""",
    ),
    "catalyst": (
        """
        logs/train_log :: loss/epoch, logs/train_log :: loss/batch*900, logs/train_log :: lr/epoch,
        logs/valid_log :: loss/epoch, logs/valid_log :: loss/batch*90, logs/valid_log :: lr/epoch""",
        """
        logs/train_log :: loss/epoch ~ logs/valid_log :: loss/epoch -> loss""",
    ),
    "catalyst, new": (
        "logs/train :: loss/epoch, logs/valid :: loss/epoch, logs/train :: lr/epoch",
        """
        logs/train :: loss/epoch ~ logs/valid :: loss/epoch -> loss""",
    ),
    "skorch": ("Loss/train_loss, Loss/valid_loss, valid_acc, dur", "Loss/train_loss ~ Loss/valid_loss -> loss"),
    "torchtune": (
        "loss, lr, tokens_per_second_per_gpu, peak_memory_active, grad_norm, val_loss",
        "loss ~ val_loss -> loss",
    ),
    "flax": (
        "train_loss, eval_loss, train_accuracy, eval_accuracy, steps_per_second",
        """
        train_loss ~ eval_loss -> loss
        train_accuracy ~ eval_accuracy -> accuracy max""",
    ),
    "flax, test": (
        "train_loss, test_loss, train_accuracy, test_accuracy",
        """
        train_loss ~ test_loss -> loss [test_as_val]
        train_accuracy ~ test_accuracy -> accuracy max [test_as_val]""",
    ),
    "clu": (
        "wd/train :: loss, wd/eval :: loss, wd/train :: learning_rate, wd/train :: steps_per_sec",
        """
        wd/train :: loss ~ wd/eval :: loss -> loss""",
    ),
    "composer": (
        "loss/train/total, metrics/eval/CrossEntropy, time/batch, throughput/samples_per_sec, lr-SGD/group0",
        """
        loss/train/total ~ metrics/eval/CrossEntropy -> loss""",
    ),
    "composer, the same metric": (
        """
        loss/train/total, metrics/train/LanguageCrossEntropy, metrics/eval/LanguageCrossEntropy,
        metrics/train/LanguagePerplexity, metrics/eval/LanguagePerplexity""",
        """
        metrics/train/LanguageCrossEntropy ~ metrics/eval/LanguageCrossEntropy -> LanguageCrossEntropy
        metrics/train/LanguagePerplexity ~ metrics/eval/LanguagePerplexity -> LanguagePerplexity""",
    ),
    "tf estimator": (
        """
        model :: loss*500, model :: global_step/sec, model/eval :: loss, model/eval :: average_loss,
        model/eval :: accuracy
        """,
        "model :: loss ~ model/eval :: loss -> loss",
    ),
    "tf estimator, named": (". :: loss*500, eval_holdout :: loss", ". :: loss ~ eval_holdout :: loss -> loss"),
    "torch add_scalars": (
        "R/loss_train :: loss, R/loss_val :: loss, R/acc_train :: acc, R/acc_val :: acc, R :: lr",
        """
        R/loss_train :: loss ~ R/loss_val :: loss -> loss
        R/acc_train :: acc ~ R/acc_val :: acc -> acc max""",
    ),
    "torch add_scalars, slash": (
        "R/Loss_epoch_train :: Loss/epoch, R/Loss_epoch_val :: Loss/epoch",
        """
        R/Loss_epoch_train :: Loss/epoch ~ R/Loss_epoch_val :: Loss/epoch -> loss""",
    ),
    "torch add_scalars, three splits": (
        "R/loss_train :: loss, R/loss_validation :: loss, R/loss_test :: loss",
        """
        R/loss_train :: loss ~ R/loss_validation :: loss -> loss test=R/loss_test :: loss""",
    ),
    "torch add_scalars, metrics as keys": (
        """
        R/train_loss :: train, R/train_acc :: train, R/val_loss :: val, R/val_acc :: val""",
        """
        R/train_loss :: train ~ R/val_loss :: val -> loss
        R/train_acc :: train ~ R/val_acc :: val -> acc max""",
    ),
    "torch add_scalars, words in keys": (
        "R/Loss_Train Loss :: Loss, R/Loss_Val Loss :: Loss",
        """
        R/Loss_Train Loss :: Loss ~ R/Loss_Val Loss :: Loss -> loss""",
    ),
    "torch add_scalars in a run named test": (
        "runs/test/loss_training :: loss, runs/test/loss_validation :: loss",
        """
        runs/test/loss_training :: loss ~ runs/test/loss_validation :: loss -> loss""",
    ),
    "tensorboardX add_scalars": (
        "R/loss/train :: loss, R/loss/val :: loss, R :: lr",
        """
        R/loss/train :: loss ~ R/loss/val :: loss -> loss""",
    ),
    "tensorboardX add_scalars, slash": (
        "R/data/loss/train :: data/loss, R/data/loss/test :: data/loss",
        """
        R/data/loss/train :: data/loss ~ R/data/loss/test :: data/loss -> loss [test_as_val]""",
    ),
    "ray tune": (
        "ray/tune/train_loss, ray/tune/ptl/val_loss, ray/tune/time_total_s, ray/tune/training_iteration",
        """
        ray/tune/train_loss ~ ray/tune/ptl/val_loss -> loss""",
    ),
    "pytorch template": (
        """
        loss/train, loss/valid, accuracy/train, accuracy/valid, steps_per_sec/train,
        steps_per_sec/valid""",
        """
        loss/train ~ loss/valid -> loss
        accuracy/train ~ accuracy/valid -> accuracy max""",
    ),
    "tf agents": (
        """
        train :: Metrics/AverageReturn, eval :: Metrics/AverageReturn,
        train :: Metrics/AverageEpisodeLength, eval :: Metrics/AverageEpisodeLength""",
        """
        train :: Metrics/AverageReturn ~ eval :: Metrics/AverageReturn -> return max""",
    ),
}


@pytest.mark.parametrize(("tags", "pairs"), CASES.values(), ids=CASES.keys())
def test_finds_the_pairs_a_person_sees(tags: str, pairs: str) -> None:
    assert written(find_pairs(facts(tags))) == expected(pairs)
