"""What people and frameworks really log -> the pairs a person sees there.

A tag is written `tag`, or `run :: tag`. A pair is written `train ~ val -> name`, with `max` behind it where higher
is better, `test=...` where a third split belongs to it, and its flags in brackets.
"""

from __future__ import annotations

import pytest

from tb_losshealth.pairing.pair_finder import Pairing, TagFacts, TagRef, find_pairs

CASES = {
    # Frameworks.
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
    "torchtune": (
        "loss, lr, tokens_per_second_per_gpu, peak_memory_active, grad_norm, val_loss",
        "loss ~ val_loss -> loss",
    ),
    "kohya": (
        """
        loss/current*900, loss/average*900, loss/epoch_average, loss/validation/step_current,
        loss/validation/step_average, loss/validation/step_divergence, loss/validation/epoch_average,
        loss/validation/epoch_divergence, lr/unet, lr/textencoder""",
        """
        loss/epoch_average ~ loss/validation/epoch_average -> loss""",
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
    "tf object detection": (
        """
        m/train :: Loss/total_loss, m/train :: Loss/localization_loss, m/train :: learning_rate,
        m/train :: steps_per_sec, m/eval :: Loss/total_loss, m/eval :: Loss/localization_loss,
        m/eval :: DetectionBoxes_Precision/mAP, m/eval :: learning_rate""",
        """
        m/train :: Loss/localization_loss ~ m/eval :: Loss/localization_loss -> localization_loss
        m/train :: Loss/total_loss ~ m/eval :: Loss/total_loss -> loss""",
    ),
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
    "ray tune": (
        "ray/tune/train_loss, ray/tune/ptl/val_loss, ray/tune/time_total_s, ray/tune/training_iteration",
        """
        ray/tune/train_loss ~ ray/tune/ptl/val_loss -> loss""",
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
    "pytorch template": (
        """
        loss/train, loss/valid, accuracy/train, accuracy/valid, steps_per_sec/train,
        steps_per_sec/valid""",
        """
        loss/train ~ loss/valid -> loss
        accuracy/train ~ accuracy/valid -> accuracy max""",
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
    "tf agents": (
        """
        train :: Metrics/AverageReturn, eval :: Metrics/AverageReturn,
        train :: Metrics/AverageEpisodeLength, eval :: Metrics/AverageEpisodeLength""",
        """
        train :: Metrics/AverageReturn ~ eval :: Metrics/AverageReturn -> return max""",
    ),
    # Written by hand.
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
    "wilds": (
        "train_acc_avg, val_acc_avg, id_val_acc_avg, test_acc_avg, id_test_acc_avg",
        """
        train_acc_avg ~ val_acc_avg -> acc max test=test_acc_avg
        train_acc_avg ~ id_val_acc_avg -> acc (id) max test=id_test_acc_avg""",
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

NO_PAIR = {
    "two names of train": "train_loss_step, train_loss_epoch",
    "two names of validation": "valid_loss, ptl/val_loss",
    "component mismatch": "train/box_loss, val/cls_loss",
    "part against the whole": "train/loss, val/kl_loss",
    "loss against accuracy": "train_loss, val_accuracy",
    "loss against dice": "Loss/train, Dice/test, learning_rate",
    "another task": "SST/Train_Accuracy, STS/Dev_Correlation",
    "counters": "train/epoch, eval/epoch, train/global_step, val/global_step, train/step, val/step",
    "timers": "train/time, val/time, train_runtime, eval_runtime, train/samples_per_second, eval/samples_per_second",
    "sizes": "train_size, val_size, train/num_tokens, eval/num_tokens, train_samples, val_samples",
    "rates": "train/lr, val/lr, train/learning_rate, eval/learning_rate, train/momentum, val/momentum",
    "norms and memory": """
        train/grad_norm, val/grad_norm, train/gpu_mem, val/gpu_mem, train/loss_scale,
        val/loss_scale""",
    "placeholder": "hp_metric, val_loss, epoch",
    "records": "train_loss, best_val_loss, val_loss_best, lowest_val_loss",
    "gaps": "train_loss, train_val_gap, loss/train_val_diff",
    "reinforcement learning": """
        value_loss, policy_loss, actor_loss, critic_loss, entropy_loss, v_loss, pi_loss,
        explained_variance""",
    "letters of reinforcement learning": "loss_pi, loss_v, loss_t",
    "letters of actor and critic": "q1_loss, q2_loss, pi_loss, v_loss, t_loss",
    "letters beside words": "losses/policy_loss, losses/value_loss, losses/t_loss, losses/v_loss",
    "letters beside returns": "losses/t_loss, losses/v_loss, charts/episodic_return",
    "devices": "train/loss_dev0, train/loss_dev1, train/loss, train/dev_loss, train/loss_eval_mode",
    "cleanrl": "losses/value_loss, losses/approx_kl, losses/entropy, charts/episodic_return, losses/clipfrac",
    "parlai": "exs/train, exs/valid, ltpb/train, ltpb/valid, gnorm/train, gnorm/valid, ups/train, ups/valid",
    "alphazero": "loss, pol_loss, val_loss, entropy",
    "stable baselines": """
        train/loss, train/value_loss, rollout/ep_rew_mean, eval/mean_ep_length,
        train/explained_variance, time/fps""",
    "not whole words": """
        constraint_loss, retrieval_loss, transformer_loss, interval_loss, latest_loss,
        invalid_loss, trainable_params, loss""",
    "pretraining": "pretrain_loss, pre_train/loss, finetune_loss",
    "deviation": "loss, std_dev_loss, std dev",
    "hparams summaries": """
        hparam/train_loss*1, hparam/val_loss*1, exp/1611 :: hparams/train_acc*1,
        exp/1611 :: hparams/val_acc*1""",
    "classes": "train/acc, val/acc_class_0, val/acc_class_1",
    "top five": "train/acc, val/acc_5, train/top, val/top_5",
    "unknown part": "train/loss, train/alpha_loss, val/beta_loss, val/gamma_loss",
    "evaluation during training": "train_loss, train_eval_loss",
    "other experiments": "resnet :: loss, resnet_test :: loss, vgg :: loss, vgg_dev :: loss",
    "an experiment called train": "train :: loss, my_test :: loss, debug :: loss",
    "trainings that happen to be called so": """
        runs/train :: loss, runs/train :: epoch, runs/train2 :: loss,
        runs/exp :: loss""",
    "queues of tensorflow": """
        logs/train :: input_producer/fraction_of_32_full,
        logs/train/eval :: input_producer/fraction_of_32_full""",
    "started long after": "train_20240101-120000 :: loss, val_20240101-130000 :: loss",
    "started together": """
        train_20240101-120000 :: loss, train_20240101-120001 :: loss, val_20240101-120002 :: loss,
        val_20240101-120003 :: loss""",
    "validation of another folder": "a/train :: loss, b/val :: loss",
    "validation of another model": "modelA/train_loss, modelB/val_loss",
    "axis copies": "train :: epoch_loss, validation :: evaluation_loss_vs_iterations",
    "weights": "train/weight_decay, val/weight_decay, train/loss_weight, val/loss_weight",
    "parts where train is the whole": "train/loss, val/alpha_loss, val/kl_loss",
    "counts": "train/TP, val/TP, train/FN, val/FN, train/p_value, val/p_value, train/act_mean, val/act_mean",
    "logits": "train/logits/chosen, eval/logits/chosen, train/logps/chosen, eval/logps/chosen",
}


def ref(text: str) -> TagRef:
    run, found, tag = text.strip().partition(" :: ")
    return TagRef(run.strip(), tag.strip()) if found else TagRef(".", run.strip())


def facts(text: str) -> list[TagFacts]:
    tags: list[TagFacts] = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, points = item.partition("*")
        count = int(points or 20)
        where = ref(name)
        last = 0.1 + len(tags) / 1000
        tags.append(TagFacts(where.run, where.tag, count, 0, 1000, last, 2.0, 0.0, 100.0, 2.0, last))
    return tags


def written(pairing: Pairing) -> set[str]:
    def name(item: TagRef) -> str:
        return item.tag if item.run == "." else f"{item.run} :: {item.tag}"

    lines = set()
    for pair in pairing.pairs:
        line = f"{name(pair.train)} ~ {name(pair.val)} -> {pair.name}"
        line += " max" * (pair.mode == "max") + (f" test={name(pair.test)}" if pair.test else "")
        lines.add(line + (f" [{' '.join(pair.flags)}]" if pair.flags else ""))
    return lines


def expected(text: str) -> set[str]:
    lines: list[str] = []
    for line in filter(None, (part.strip() for part in text.replace(";", "\n").splitlines())):
        if line.startswith(("~", "->")):
            lines[-1] += " " + line
        else:
            lines.append(line)
    return {line.replace(". :: ", "") if line.startswith(". :: ") else line for line in lines}


@pytest.mark.parametrize(("tags", "pairs"), CASES.values(), ids=CASES.keys())
def test_finds_the_pairs_a_person_sees(tags: str, pairs: str) -> None:
    assert written(find_pairs(facts(tags))) == expected(pairs)


@pytest.mark.parametrize("tags", NO_PAIR.values(), ids=NO_PAIR.keys())
def test_a_false_pair_is_worse_than_none(tags: str) -> None:
    assert written(find_pairs(facts(tags))) == set()


@pytest.mark.parametrize("run", ["trial_val", "x_test", "test_on_B", "exp/eval/ckpt1", "m/eval_train", "x/val"])
def test_a_run_of_validation_is_no_train_loss_alone(run: str) -> None:
    found = find_pairs(facts(f"{run} :: loss"))
    assert not found.train_only
    assert "its run" in found.unpaired[0].reason


def test_a_run_of_train_is_a_train_loss_alone() -> None:
    runs = ["m/train", "exp", "x_val"]
    found = find_pairs(facts("m/train :: loss, exp :: loss, x_val :: train_loss"))
    assert sorted(alone.run for alone in found.train_only) == sorted(runs)


def test_copies_of_a_loss_on_devices_are_no_losses_of_their_own() -> None:
    assert not find_pairs(
        facts("train/loss_dev0, train/loss_dev1, train/loss_eval_mode, train/loss, val/loss")
    ).train_only
    (alone,) = find_pairs(facts("train/loss_dev0, train/loss_dev1")).train_only
    assert alone.train.tag == "train/loss_dev0"


def test_a_test_of_another_set_says_so() -> None:
    reason = find_pairs(facts("train/acc, ood_val/acc, id_test/acc")).explain(TagRef(".", "id_test/acc"))
    assert reason == 'Test (by "test"), but no pair is about the same metric on the same set.'
