"""What is no pair, though its names look like one."""

from __future__ import annotations

import pytest

from tb_losshealth.pairing.pair_finder import TagRef, find_pairs
from tests.pairing.conventions import facts, written

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
