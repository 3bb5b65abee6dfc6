"""What toolkits and repositories for one domain log -> the pairs a person sees there."""

from __future__ import annotations

import pytest

from tb_losshealth.pairing.pair_finder import find_pairs
from tests.pairing.conventions import expected, facts, written

CASES = {
    "detectron2": (
        "total_loss, loss_cls, loss_box_reg, lr, time, data_time, eta_seconds, validation_loss",
        """
        total_loss ~ validation_loss -> loss""",
    ),
    "detectron2, all losses": (
        """
        total_loss, loss_cls, loss_box_reg, validation_total_loss, validation_loss_cls, validation_loss_box_reg""",
        """
        total_loss ~ validation_total_loss -> loss
        loss_cls ~ validation_loss_cls -> loss_cls
        loss_box_reg ~ validation_loss_box_reg -> loss_box_reg""",
    ),
    "mmengine": (
        "loss, lr, memory, time, data_time, epoch, val/loss, loss_cls, loss_bbox, val/loss_cls",
        """
        loss ~ val/loss -> loss
        loss_cls ~ val/loss_cls -> loss_cls""",
    ),
    "mmdetection 2": (
        "train/loss, train/loss_cls, val/loss, val/loss_cls, val/bbox_mAP, learning_rate, momentum",
        """
        train/loss ~ val/loss -> loss
        train/loss_cls ~ val/loss_cls -> loss_cls""",
    ),
    "ultralytics": (
        """
        runs/detect/train :: train/box_loss, runs/detect/train :: train/cls_loss, runs/detect/train :: train/dfl_loss,
        runs/detect/train :: val/box_loss, runs/detect/train :: val/cls_loss, runs/detect/train :: val/dfl_loss,
        runs/detect/train :: metrics/mAP50(B), runs/detect/train :: lr/pg0""",
        """
        runs/detect/train :: train/box_loss ~ runs/detect/train :: val/box_loss -> box_loss
        runs/detect/train :: train/cls_loss ~ runs/detect/train :: val/cls_loss -> cls_loss
        runs/detect/train :: train/dfl_loss ~ runs/detect/train :: val/dfl_loss -> dfl_loss""",
    ),
    "yolov5, two trainings": (
        """
            exp/train :: train/box_loss, exp/train :: val/box_loss, exp/test :: train/box_loss,
            exp/test :: val/box_loss""",
        """
        exp/test :: train/box_loss ~ exp/test :: val/box_loss -> box_loss
        exp/train :: train/box_loss ~ exp/train :: val/box_loss -> box_loss""",
    ),
    "fairseq": (
        """
        tb/train :: loss, tb/train :: nll_loss, tb/train :: ppl, tb/train :: wps, tb/train :: lr,
        tb/train :: loss_scale,
        tb/train_inner :: loss*500, tb/train_inner :: ppl*500, tb/train_inner :: wps*500,
        tb/valid :: loss, tb/valid :: nll_loss, tb/valid :: ppl, tb/valid :: wps, tb/valid :: best_loss""",
        """
        tb/train :: loss ~ tb/valid :: loss -> loss
        tb/train :: nll_loss ~ tb/valid :: nll_loss -> nll_loss
        tb/train :: ppl ~ tb/valid :: ppl -> ppl""",
    ),
    "fairseq, two validation sets": (
        "train :: loss, valid :: loss, valid1 :: loss",
        """
        train :: loss ~ valid :: loss -> loss
        train :: loss ~ valid1 :: loss -> loss (1)""",
    ),
    "espnet": (
        """
        t/train :: loss, t/valid :: loss, t/train :: acc, t/valid :: acc, t/train :: iter_time, t/valid :: iter_time,
        t/train :: optim0_lr0, t/train :: train_time, t/valid :: cer, t/valid :: wer""",
        """
        t/train :: loss ~ t/valid :: loss -> loss
        t/train :: acc ~ t/valid :: acc -> acc max""",
    ),
    "coqui": (
        "TrainIterStats/loss*900, TrainIterStats/grad_norm, TrainEpochStats/avg_loss, EvalStats/avg_loss",
        """
        TrainEpochStats/avg_loss ~ EvalStats/avg_loss -> loss""",
    ),
    "coqui, parts": (
        """
        TrainIterStats/loss_gen*900, TrainEpochStats/avg_loss_gen, EvalStats/avg_loss_gen, TrainEpochStats/avg_loss_mel,
        EvalStats/avg_loss_mel, TrainEpochStats/epoch_time, TrainEpochStats/avg_loader_time, EvalStats/avg_loader_time
        """,
        """
        TrainEpochStats/avg_loss_gen ~ EvalStats/avg_loss_gen -> loss_gen
        TrainEpochStats/avg_loss_mel ~ EvalStats/avg_loss_mel -> loss_mel""",
    ),
    "nemo": (
        "reduced_train_loss, train_step_timing, val_loss, validation_step_timing, global_step, lr, consumed_samples",
        """
        reduced_train_loss ~ val_loss -> loss""",
    ),
    "nemo asr": (
        "train_loss, training_batch_wer, val_loss, val_wer, learning_rate",
        """
        train_loss ~ val_loss -> loss
        training_batch_wer ~ val_wer -> wer [step_train_epoch_val]""",
    ),
    "megatron": (
        """
        lm loss, lm loss vs samples, lm loss validation, lm loss validation vs samples, lm loss validation ppl,
        lm loss validation ppl vs samples, learning-rate, learning-rate vs samples, batch-size, loss-scale, grad-norm,
        iteration-time, lm loss validation-1""",
        """
        lm loss ~ lm loss validation -> lm loss
        lm loss ~ lm loss validation-1 -> lm loss (1)""",
    ),
    "megatron-deepspeed": (
        """
        lm-loss-training/lm loss, lm-loss-training/lm loss vs tokens, lm-loss-validation/lm loss validation,
        lm-loss-validation/lm loss validation vs tokens, lm-loss-validation/lm loss validation ppl""",
        """
        lm-loss-training/lm loss ~ lm-loss-validation/lm loss validation -> lm loss""",
    ),
    "deepspeed": (
        "Train/Samples/train_loss, Train/Samples/lr, Train/Samples/loss_scale, Train/Samples/eval_loss",
        """
        Train/Samples/train_loss ~ Train/Samples/eval_loss -> loss""",
    ),
    "kohya": (
        """
        loss/current*900, loss/average*900, loss/epoch_average, loss/validation/step_current,
        loss/validation/step_average, loss/validation/step_divergence, loss/validation/epoch_average,
        loss/validation/epoch_divergence, lr/unet, lr/textencoder""",
        """
        loss/epoch_average ~ loss/validation/epoch_average -> loss""",
    ),
    "tf object detection": (
        """
        m/train :: Loss/total_loss, m/train :: Loss/localization_loss, m/train :: learning_rate,
        m/train :: steps_per_sec, m/eval :: Loss/total_loss, m/eval :: Loss/localization_loss,
        m/eval :: DetectionBoxes_Precision/mAP, m/eval :: learning_rate""",
        """
        m/train :: Loss/localization_loss ~ m/eval :: Loss/localization_loss -> localization_loss
        m/train :: Loss/total_loss ~ m/eval :: Loss/total_loss -> loss""",
    ),
    "openNMT": (
        "train/ppl, train/acc, train/xent, train/lr, train/tgtper, valid/ppl, valid/acc, valid/xent, progress/ppl",
        """
        train/xent ~ valid/xent -> xent
        train/acc ~ valid/acc -> acc max
        train/ppl ~ valid/ppl -> ppl""",
    ),
    "tacotron": (
        "training.loss, grad.norm, learning.rate, duration, validation.loss",
        """
        training.loss ~ validation.loss -> loss""",
    ),
    "hifi-gan": (
        "training/gen_loss_total, training/mel_spec_error, validation/mel_spec_error",
        """
        training/mel_spec_error ~ validation/mel_spec_error -> mel_spec_error""",
    ),
    "fastspeech2": (
        """
            log/train :: Loss/total_loss, log/train :: Loss/mel_loss, log/val :: Loss/total_loss,
            log/val :: Loss/mel_loss""",
        """
        log/train :: Loss/mel_loss ~ log/val :: Loss/mel_loss -> mel_loss
        log/train :: Loss/total_loss ~ log/val :: Loss/total_loss -> loss""",
    ),
    "wenet": ("train/train_loss, epoch/cv_loss, epoch/lr", "train/train_loss ~ epoch/cv_loss -> loss"),
    "speechbrain": ("loss/train, loss/valid, WER/valid, lr/train", "loss/train ~ loss/valid -> loss"),
    "allennlp": (
        """
        log/train :: loss/loss_train*900, log/train :: epoch_metrics/loss, log/train :: epoch_metrics/accuracy,
        log/validation :: epoch_metrics/loss, log/validation :: epoch_metrics/accuracy""",
        """
        log/train :: epoch_metrics/loss ~ log/validation :: epoch_metrics/loss -> loss
        log/train :: epoch_metrics/accuracy ~ log/validation :: epoch_metrics/accuracy -> accuracy max""",
    ),
    "tf models": (
        """
            train :: training_loss, validation :: validation_loss, train :: learning_rate,
            train :: accuracy, validation :: accuracy""",
        """
        train :: training_loss ~ validation :: validation_loss -> loss
        train :: accuracy ~ validation :: accuracy -> accuracy max""",
    ),
    "deeplab": (
        "train/total_loss_iter*900, train/total_loss_epoch, val/total_loss_epoch, val/mIoU, val/Acc",
        """
        train/total_loss_epoch ~ val/total_loss_epoch -> loss""",
    ),
    "catboost": (
        """
        catboost_info/learn :: Logloss, catboost_info/learn :: AUC, catboost_info/test :: Logloss,
        catboost_info/test :: AUC""",
        """
        catboost_info/learn :: Logloss ~ catboost_info/test :: Logloss -> logloss [test_as_val]
        catboost_info/learn :: AUC ~ catboost_info/test :: AUC -> AUC max [test_as_val]""",
    ),
    "catboost, many classes": (
        """
        learn :: MultiClass,
        test :: MultiClass""",
        "learn :: MultiClass ~ test :: MultiClass -> MultiClass [test_as_val]",
    ),
    "chainer, espnet 1": (
        """
        main/loss, validation/main/loss, main/acc, validation/main/acc, eps, elapsed_time,
        main/loss_ctc""",
        """
        main/loss ~ validation/main/loss -> main/loss
        main/acc ~ validation/main/acc -> main/acc max""",
    ),
    "deep pavlov": (
        """
        m/train_log :: every_n_batches/loss*90, m/train_log :: every_n_epochs/accuracy,
        m/valid_log :: every_n_epochs/accuracy, m/valid_log :: every_n_epochs/loss""",
        """
        m/train_log :: every_n_batches/loss ~ m/valid_log :: every_n_epochs/loss -> loss [step_train_epoch_val]
        m/train_log :: every_n_epochs/accuracy ~ m/valid_log :: every_n_epochs/accuracy -> accuracy max""",
    ),
    "bert of tensorflow 1": (
        """
        . :: loss*900, . :: learning_rate, eval :: loss, eval :: eval_loss,
        eval :: eval_accuracy""",
        """
        loss ~ eval :: loss -> loss""",
    ),
    "lingvo": (
        """
        train :: loss, eval_dev :: loss,
        eval_test :: loss""",
        "train :: loss ~ eval_dev :: loss -> loss test=eval_test :: loss",
    ),
    "mask r-cnn": (
        "loss, rpn_class_loss, mrcnn_mask_loss, val_loss, val_rpn_class_loss, val_mrcnn_mask_loss",
        """
        loss ~ val_loss -> loss
        mrcnn_mask_loss ~ val_mrcnn_mask_loss -> mrcnn_mask_loss
        rpn_class_loss ~ val_rpn_class_loss -> rpn_class_loss""",
    ),
    "mae": (
        """
        loss*900, lr*900, perf/test_loss, perf/test_acc1,
        perf/test_acc5""",
        "loss ~ perf/test_loss -> loss [test_as_val]",
    ),
    "wilds": (
        "train_acc_avg, val_acc_avg, id_val_acc_avg, test_acc_avg, id_test_acc_avg",
        """
        train_acc_avg ~ val_acc_avg -> acc max test=test_acc_avg
        train_acc_avg ~ id_val_acc_avg -> acc (id) max test=id_test_acc_avg""",
    ),
    "tf, named evaluations beside train": (
        "m/train :: loss, m/eval_real :: loss, m/eval_synth :: loss",
        """
        m/train :: loss ~ m/eval_real :: loss -> loss (real)
        m/train :: loss ~ m/eval_synth :: loss -> loss (synth)""",
    ),
    "t5x": (
        "train :: loss, train :: accuracy, training_eval/wmt :: loss, training_eval/wmt :: accuracy",
        """
        train :: loss ~ training_eval/wmt :: loss -> loss
        train :: accuracy ~ training_eval/wmt :: accuracy -> accuracy max""",
    ),
    "rasa": (
        "train :: t_loss, test :: t_loss, train :: i_acc, test :: i_acc",
        """
        train :: t_loss ~ test :: t_loss -> t_loss [test_as_val]
        train :: i_acc ~ test :: i_acc -> i_acc max [test_as_val]""",
    ),
    "tensor2tensor": (". :: loss, . :: losses/training, eval :: loss", "loss ~ eval :: loss -> loss"),
    "gaussian splatting": (
        "train/loss_viewpoint - psnr, test/loss_viewpoint - psnr",
        """
        train/loss_viewpoint - psnr ~ test/loss_viewpoint - psnr -> loss_viewpoint psnr max [test_as_val]""",
    ),
    "vqgan": (
        "train/aeloss, val/aeloss, train/discloss, val/discloss",
        """
        train/aeloss ~ val/aeloss -> aeloss
        train/discloss ~ val/discloss -> discloss""",
    ),
    "open clip": (
        "train/loss, val/clip_val_loss, val/imagenet-zeroshot-val-top1",
        "train/loss ~ val/clip_val_loss -> loss",
    ),
}


@pytest.mark.parametrize(("tags", "pairs"), CASES.values(), ids=CASES.keys())
def test_finds_the_pairs_a_person_sees(tags: str, pairs: str) -> None:
    assert written(find_pairs(facts(tags))) == expected(pairs)
