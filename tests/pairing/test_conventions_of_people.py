"""What people log by hand -> the pairs a person sees there."""

from __future__ import annotations

import pytest

from tb_losshealth.pairing.pair_finder import find_pairs
from tests.pairing.conventions import expected, facts, written

CASES = {
    "learning curve": (
        """
        Learning Curve Loss/train,
        Learning Curve Loss/val""",
        "Learning Curve Loss/train ~ Learning Curve Loss/val -> loss",
    ),
    "spaces": (
        "Training loss, Test loss (avg on test), Epoch time, IoU (avg on test), L1 Distance (avg on test)",
        """
        Training loss ~ Test loss (avg on test) -> loss [test_as_val]""",
    ),
    "camel case": (
        "trainAccuracy, valAccuracy, trainLoss, valLoss",
        """
        trainLoss ~ valLoss -> loss
        trainAccuracy ~ valAccuracy -> accuracy max""",
    ),
    "dev": (
        "SST/Train_F1, SST/Dev_F1, SST/Train_Loss, STS/Dev_Correlation, STS/Train_Correlation",
        """
        SST/Train_F1 ~ SST/Dev_F1 -> SST/F1 max
        STS/Train_Correlation ~ STS/Dev_Correlation -> STS/correlation max""",
    ),
    "unmarked and marked": ("Loss, Loss/Validation", "Loss ~ Loss/Validation -> loss"),
    "devices": (
        "train/loss_dev0, train/loss_dev1, train/loss_dev, train/loss_eval_mode, train/loss, val/loss",
        "train/loss ~ val/loss -> loss",
    ),
    "validation in the folder of train": ("Train/loss, Train/val_loss", "Train/loss ~ Train/val_loss -> loss"),
    "validation out of distribution, tests in and out": (
        "train/acc, ood_val/acc, id_test/acc, ood_test/acc",
        "train/acc ~ ood_val/acc -> acc max test=ood_test/acc",
    ),
    "one test of two validation sets": (
        "train/loss, val_seen/loss, val_unseen/loss, test/loss",
        """
        train/loss ~ val_seen/loss -> loss (seen) test=test/loss
        train/loss ~ val_unseen/loss -> loss (unseen) test=test/loss""",
    ),
    "test of another set than validation's": ("train/loss, val/loss, test_kitti/loss", "train/loss ~ val/loss -> loss"),
    "named validation and test in runs": (
        "m/train :: loss, m/val_a :: loss, m/val_b :: loss, m/test_b :: loss",
        """
        m/train :: loss ~ m/val_a :: loss -> loss (a)
        m/train :: loss ~ m/val_b :: loss -> loss (b) test=m/test_b :: loss""",
    ),
    "named validation sets, of the loss alone": (
        "train_loss, valid_a_loss, valid_b_loss",
        """
        train_loss ~ valid_a_loss -> loss (a)
        train_loss ~ valid_b_loss -> loss (b)""",
    ),
    "named validation sets in a folder": (
        "train/loss, eval/wikitext2_loss, eval/ptb_loss",
        """
        train/loss ~ eval/ptb_loss -> loss (ptb)
        train/loss ~ eval/wikitext2_loss -> loss (wikitext2)""",
    ),
    "deepspeed, evaluation elsewhere": (
        "Train/Samples/train_loss, Eval/loss",
        "Train/Samples/train_loss ~ Eval/loss -> loss",
    ),
    "open clip, the loss alone": ("train/loss, val/clip_val_loss", "train/loss ~ val/clip_val_loss -> loss"),
    "glued letters": ("tloss, vloss, tacc, vacc", "tloss ~ vloss -> loss; tacc ~ vacc -> acc max"),
    "phoneme errors": ("train/PER, val/PER", "train/PER ~ val/PER -> PER"),
    "synonyms side by side": (
        "train/IoU, val/IoU, train/mIoU, val/mIoU, test/mIoU, train/acc, val/accuracy",
        """
        train/IoU ~ val/IoU -> IoU max
        train/mIoU ~ val/mIoU -> mIoU max test=test/mIoU
        train/acc ~ val/accuracy -> acc max""",
    ),
    "synonyms side by side, one of them unmarked": (
        "IoU, val_IoU, mIoU, val_mIoU",
        "IoU ~ val_IoU -> IoU max; mIoU ~ val_mIoU -> mIoU max",
    ),
    "sibling runs": (
        "exp_train :: loss, exp_val :: loss, other_train :: loss, other_val :: loss",
        """
        exp_train :: loss ~ exp_val :: loss -> loss
        other_train :: loss ~ other_val :: loss -> loss""",
    ),
    "sibling runs, started one after the other": (
        "Nov23_05-00-00_h_train :: loss, Nov23_05-00-01_h_val :: loss, Nov23_07-00-00_h_train :: loss",
        "Nov23_05-00-00_h_train :: loss ~ Nov23_05-00-01_h_val :: loss -> loss",
    ),
    "sibling runs, three writers started one after the other": (
        "Nov23_05-00-00_h_train :: loss, Nov23_05-00-01_h_val :: loss, Nov23_05-00-01_h_test :: loss",
        """
        Nov23_05-00-00_h_train :: loss ~ Nov23_05-00-01_h_val :: loss -> loss test=Nov23_05-00-01_h_test :: loss""",
    ),
    "long names of metrics": (
        "train_neg_mean_squared_error, val_neg_mean_squared_error, epoch_mean_io_u, epoch_val_mean_io_u",
        """
        train_neg_mean_squared_error ~ val_neg_mean_squared_error -> neg_mean_squared_error max
        epoch_mean_io_u ~ epoch_val_mean_io_u -> mean_io_u max""",
    ),
    "sibling runs, started one after the other, year told": (
        """
        train_20240101-120000 :: loss, val_20240101-120001 :: loss, train_20240102-120000 :: loss,
        val_20240102-120001 :: loss, a/2024-01-01T12-00-59/train :: acc, a/2024-01-01T12-01-02/val :: acc""",
        """
        train_20240101-120000 :: loss ~ val_20240101-120001 :: loss -> loss
        train_20240102-120000 :: loss ~ val_20240102-120001 :: loss -> loss
        a/2024-01-01T12-00-59/train :: acc ~ a/2024-01-01T12-01-02/val :: acc -> acc max""",
    ),
    "sibling runs, in front": (
        "train_lr0.1 :: loss, val_lr0.1 :: loss, train_lr0.2 :: loss, val_lr0.2 :: loss",
        """
        train_lr0.1 :: loss ~ val_lr0.1 :: loss -> loss
        train_lr0.2 :: loss ~ val_lr0.2 :: loss -> loss""",
    ),
    "sibling runs, folder above": (
        "train/a :: loss, validation/a :: loss, train/b :: loss, validation/b :: loss",
        """
        train/a :: loss ~ validation/a :: loss -> loss
        train/b :: loss ~ validation/b :: loss -> loss""",
    ),
    "run and tag differ": ("train :: loss, test :: v_loss", "train :: loss ~ test :: v_loss -> loss [test_as_val]"),
    "run and tag both say it": (
        "x/train :: train_loss, x/val :: val_loss",
        "x/train :: train_loss ~ x/val :: val_loss -> loss",
    ),
    "epoch in front": (
        """
        combined/epoch_training_loss, combined/epoch_validation_loss, combined/epoch_test_loss,
        combined/batch_train_reg_mean_loss, label/epoch_training_hits_at_k, label/epoch_validation_hits_at_k""",
        """
        combined/epoch_training_loss ~ combined/epoch_validation_loss -> combined/loss test=combined/epoch_test_loss
        label/epoch_training_hits_at_k ~ label/epoch_validation_hits_at_k -> label/hits_at_k max""",
    ),
    "tf 1 graph": (
        """
            logs/train :: cross_entropy_1, logs/test :: cross_entropy_1, logs/train :: accuracy_1,
            logs/test :: accuracy_1""",
        """
        logs/train :: cross_entropy_1 ~ logs/test :: cross_entropy_1 -> cross_entropy_1 [test_as_val]
        logs/train :: accuracy_1 ~ logs/test :: accuracy_1 -> accuracy_1 max [test_as_val]""",
    ),
    "glued": (
        "trainloss, valloss, trainacc, valacc, batchloss",
        "trainloss ~ valloss -> loss; trainacc ~ valacc -> acc max",
    ),
    "behind": (
        "loss_train, loss_val, acc_train, acc_val",
        "loss_train ~ loss_val -> loss; acc_train ~ acc_val -> acc max",
    ),
    "numbered folders": ("1_train/loss, 2_val/loss", "1_train/loss ~ 2_val/loss -> loss"),
    "numbered, dots": ("1. Training/Loss, 2. Validation/Loss", "1. Training/Loss ~ 2. Validation/Loss -> loss"),
    "phrases": (
        "Loss on training set, Loss on validation set",
        "Loss on training set ~ Loss on validation set -> loss",
    ),
    "per epoch": (
        "Training Loss per Epoch, Validation Loss per Epoch, Training Loss per Batch*900",
        """
        Training Loss per Epoch ~ Validation Loss per Epoch -> loss""",
    ),
    "averages": (
        "Train/Average Loss, Test/Average Loss, Test/Accuracy",
        """
        Train/Average Loss ~ Test/Average Loss -> loss [test_as_val]""",
    ),
    "one side averaged": ("train/loss, test/average_loss", "train/loss ~ test/average_loss -> loss [test_as_val]"),
    "letters": ("t_loss, v_loss, t_acc, v_acc", "t_loss ~ v_loss -> loss; t_acc ~ v_acc -> acc max"),
    "short words": ("tr_loss, va_loss, te_loss", "tr_loss ~ va_loss -> loss test=te_loss"),
    "seen and unseen": (
        "train/loss, val_seen/loss, val_unseen/loss, val_seen/success, val_unseen/success",
        """
        train/loss ~ val_seen/loss -> loss (seen)
        train/loss ~ val_unseen/loss -> loss (unseen)""",
    ),
    "validation sets as folders": (
        "train/loss, train/psnr, val/set5/loss, val/set14/loss, val/set5/psnr, val/set14/psnr",
        """
        train/loss ~ val/set14/loss -> loss (set14)
        train/loss ~ val/set5/loss -> loss (set5)
        train/psnr ~ val/set14/psnr -> psnr (set14) max
        train/psnr ~ val/set5/psnr -> psnr (set5) max""",
    ),
    "folds": (
        "fold_0/train_loss, fold_0/val_loss, fold_1/train_loss, fold_1/val_loss",
        """
        fold_0/train_loss ~ fold_0/val_loss -> fold_0/loss
        fold_1/train_loss ~ fold_1/val_loss -> fold_1/loss""",
    ),
    "aliases of validation": ("train_loss, valid_loss, ptl/val_loss", "train_loss ~ valid_loss -> loss"),
    "nothing but the split": (
        "exp/loss :: train, exp/loss :: validation",
        """
        exp/loss :: train ~ exp/loss :: validation -> loss""",
    ),
    "target of a process": (
        "Train Target loss, Mean Validation Target loss, Train Context mse, Validation Context mse",
        """
        Train Context mse ~ Validation Context mse -> context mse
        Train Target loss ~ Mean Validation Target loss -> target loss""",
    ),
    "unknown words": ("EpochRec/train, EpochRec/valid", "EpochRec/train ~ EpochRec/valid -> rec [direction_guessed]"),
    "intent and slot": (
        "Loss/train, Loss/validation, Intent Accuracy/train, Intent Accuracy/validation, Slot F1/validation",
        """
        Loss/train ~ Loss/validation -> loss
        Intent Accuracy/train ~ Intent Accuracy/validation -> intent accuracy max""",
    ),
    "score of something": (
        "train/fid_score, val/fid_score, train/score, val/score, train/loss_dice, val/loss_dice",
        """
        train/loss_dice ~ val/loss_dice -> loss_dice
        train/fid_score ~ val/fid_score -> fid_score
        train/score ~ val/score -> score max""",
    ),
    "a folder of losses": (
        "Loss/train_dice, Loss/val_dice, Loss and accuracy/train acc, Loss and accuracy/val acc",
        """
        Loss/train_dice ~ Loss/val_dice -> loss/dice
        Loss and accuracy/train acc ~ Loss and accuracy/val acc -> loss/acc max""",
    ),
    "total beside part": (
        "train/total_loss, val/total_loss, train/loss, val/loss",
        """
        train/loss ~ val/loss -> loss
        train/total_loss ~ val/total_loss -> total_loss""",
    ),
    "evaluation of train": (
        "train_eval/loss, val_eval/loss, eval/test_loss",
        """
        train_eval/loss ~ val_eval/loss -> loss test=eval/test_loss""",
    ),
    "regression of several": (
        "train/mae_temperature, val/mae_temperature, train/loss_temperature, val/loss_temperature",
        """
        train/loss_temperature ~ val/loss_temperature -> loss_temperature
        train/mae_temperature ~ val/mae_temperature -> mae_temperature""",
    ),
    "optical flow": (
        "train_loss, train_epe, val_kitti_loss, val_kitti_epe, val_sintel_loss, val_sintel_epe",
        """
        train_loss ~ val_kitti_loss -> loss (kitti)
        train_loss ~ val_sintel_loss -> loss (sintel)
        train_epe ~ val_kitti_epe -> epe (kitti)
        train_epe ~ val_sintel_epe -> epe (sintel)""",
    ),
    "parts and sets": (
        "train/loss, train/kl_loss, val/cifar/loss, val/cifar/kl_loss",
        """
        train/loss ~ val/cifar/loss -> loss
        train/kl_loss ~ val/cifar/kl_loss -> kl_loss""",
    ),
    "chinese": (
        "训练损失, 验证损失, 训练集准确率, 验证集准确率",
        """
        训练损失 ~ 验证损失 -> 损失
        训练集准确率 ~ 验证集准确率 -> 准确率 max""",
    ),
    "misspelt": (
        "Trainning Loss, Validaton Loss, trainning_acc, validtion_acc",
        """
        Trainning Loss ~ Validaton Loss -> loss
        trainning_acc ~ validtion_acc -> acc max""",
    ),
}


@pytest.mark.parametrize(("tags", "pairs"), CASES.values(), ids=CASES.keys())
def test_finds_the_pairs_a_person_sees(tags: str, pairs: str) -> None:
    assert written(find_pairs(facts(tags))) == expected(pairs)
