"""The words of the pairing grammar, one table each: whole words in lower case, as `tag_names.cut` gives them."""

from __future__ import annotations

from typing import Literal

Split = Literal["train", "val", "test"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _meanings(text: str) -> dict[str, str]:
    groups = (group.split(": ") for group in text.split("; "))
    return {spelling: meaning for meaning, spellings in groups for spelling in spellings.split(", ")}


# What people call the three splits; typing errors are those of published code.
TRAIN = _words(
    "train training trainer learn trn tr trained trains trainset traindata trainingset insample trainval "
    "trian traing trainning traning tarin 训练 訓練 学習 학습 훈련 "
    "entrenamiento treino treinamento entrainement entraînement addestramento обучение"
)
VAL = _words(
    "val valid validation validator validate validating vali vals valset validset valdata validdata "
    "validationset va vl vld vaild vaildation valdation validaton validaion validtion valiation validaiton "
    "validataion varidation valida "
    "eval evals evaluation evaluator evaluate evaluating evalset evl evalution evaluaton "
    "dev devel devset develop cv crossval holdout heldout outofsample oos "
    "验证 驗證 检验 検証 評価 검증 평가 "
    "validacao validação validacion validación validierung valutazione валидация"
)
TEST = _words("test tests testing tester tst te testset testdata 测试 測試 テスト 테스트 teste prueba тест")
SPLITS: dict[str, Split] = {**dict.fromkeys(TRAIN, "train"), **dict.fromkeys(VAL, "val"), **dict.fromkeys(TEST, "test")}

# A word that is one edit away from one of these, with the same first letter, is a typing error of it.
LONG_SPLITS = ("validation", "evaluation", "training")
NOT_MISSPELT = _words("trailing invalidation valuation")

# Single letters mean a split only where both splits use them (`t_loss` beside `v_loss`): V is a value function too.
LETTERS: dict[str, Split] = {"t": "train", "v": "val"}

# After each word the phrases that mean it.
PHRASES = _meanings(
    "heldout: held out; holdout: hold out; outofsample: out of sample; insample: in sample; "
    "crossval: cross val, cross validation; pretrain: pre train, pre training, pre trained; "
    "stddev: std dev, standard dev; meandev: mean dev; unittest: unit test; lr: learning rate, learn rate; "
    "weightdecay: weight decay; batchsize: batch size; lossscale: loss scale; earlystopping: early stopping; "
    "minibatch: mini batch; ce: cross entropy; nll: neg log likelihood, negative log likelihood; "
    "nelbo: neg elbo, negative elbo; loglikelihood: log likelihood; logloss: log loss; "
    "correlation: correlation coef, correlation coefficient; bpd: bits per dim; bpc: bits per char; "
    "bpb: bits per byte; absrel: abs rel; cindex: c index; iou: io u, mean io u; mse: mean squared error; "
    "mae: mean absolute error; logprob: log prob; pvalue: p value; exactmatch: exact match; "
    "explainedvariance: explained variance; hits: hit at, hits at; every: every n; winrate: win rate; "
    "success: success rate, solve rate; error: error rate"
)

# Words run together in lower case: a split and a metric (`valloss`), a split and a number (`valid1`), or an interval or
# average and a metric (`batchloss`).
GLUED_SPLITS = _words("training train validation valid val evaluation eval testing test dev")
GLUED_METRICS = _words(
    "loss losses acc accuracy err error mse mae rmse auc f1 ppl iou miou dice score wer cer nll ce set data"
)
LETTERED_METRICS = _words("loss acc")
GLUED_PREFIXES = _words("batch epoch step iter avg mean total")

# After each word its other spellings.
SYNONYMS = _meanings(
    "loss: losses, lost, 损失, 損失, perda, perte, verlust, pérdida, perdida, 손실; "
    "accuracy: acc, accs, accu, accuracies, acuracy, accuarcy, accurancy, acurracy, 准确率, 精度, 정확도, acurácia; "
    "iou: miou; dice: mdice; precision: precisión; error: err, errors; perplexity: ppl, perp; "
    "ce: crossentropy, xent, xentropy; correlation: corr, corrcoef; reward: rewards; return: returns; "
    "score: scores; auroc: aucroc, rocauc; f1: f1score; distance: distances; lr: lrs, learningrate"
)

LOSSES = _words(
    "loss cost multiclass multiclassonevsall objective elbo criterion nll nllloss nelbo ce bce kl kld kldiv mse hinge "
    "huber bpd bpc bpb logloss"
)
ERRORS = _words(
    "error perplexity miss mae rmse msle mape smape wmape mase rmsle nrmse rse rae wer cer ter eer der mcd fid kid "
    "lpips ece brier hausdorff hd hd95 assd asd chamfer cd epe aepe ade fde minade minfde mpjpe pampjpe nme distance "
    "dist absrel sqrel silog rmselog l1 l2 regret residual misclassification hamming medae mre mlae crps per ql "
    "pinball quantile poisson tweedie emd wasserstein fpr fnr far frr aer disto distortion lev levenshtein"
)
SCORES = _words(
    "accuracy f1 f2 fbeta fscore fmeasure auc auroc auprc prauc roc ap map map50 map75 map95 ap50 ap75 mar ar "
    "precision recall sensitivity specificity dice dsc jaccard iou miou giou ciou fwiou pixacc mpa bleu bleu1 bleu2 "
    "bleu3 bleu4 sacrebleu rouge rouge1 rouge2 rougel rougelsum meteor chrf cider spice bertscore exactmatch em "
    "correlation pearson spearman pearsonr spearmanr kendall ccc pcc rho plcc srcc kappa qwk mcc matthews r2 r2score "
    "explainedvariance nse kge psnr ssim msssim snr sdr sisnr sisdr sisnri sisdri pesq stoi estoi mos mrr ndcg hits "
    "hit hr hitrate map10 top1 top3 top5 top10 acc1 acc5 prec prec1 prec5 top reward return score success winrate "
    "loglikelihood pck pckh oks gain ndcg10 recall1 recall5 recall10 correct tpr tnr npv ppv informedness gmean lift "
    "nmi ari purity silhouette logp inception delta1 delta2 delta3 cindex accuracy01 logprob"
)

# Losses that some people minimize and some maximize.
EITHER_WAY = _words("objective elbo")

# Words that mean a metric only where no other word does (`fid_score`, `MulticlassAccuracy`).
WEAK = _words("score multiclass multiclassonevsall")

# The evaluation of a named split is that split's (`train_eval`, `eval_test`).
EVALUATION = _words("eval evaluation evaluate evals")

# Behind a train folder, `dev` is a device or a deviation rather than a split (`train/loss_dev0`), and `eval` before one
# of MODES is a mode of the model.
NO_SPLIT_IN_TRAIN = {"dev": "device"}
MODES = _words("mode")
EVAL_MODE = "evalmode"
# Words that mark copies of one train loss.
COPIES = frozenset(("device", EVAL_MODE))

# Words of the score table that name a loss where a loss word stands in front of them (`loss/iou`).
LOSS_IN_A_LOSS_FOLDER = _words("dice dsc jaccard iou giou ciou ssim msssim snr sisnr sisdr ap ccc")

# Words that turn a metric around (`neg_mean_squared_error`), except these losses (`neg_loss` is a loss).
NEGATIONS = _words("neg negative minus")
NEVER_NEGATED = _words("loss cost criterion objective")

# Metrics that exist for the negative examples, too (`neg_acc` beside `pos_acc`).
OF_NEGATIVES = _words("accuracy precision recall f1 ap auc auroc hits correct score")

# Words that leave the better direction open (the reward of a rejected answer).
UNDIRECTED = _words("rejected")

# Words that begin the tag of a summary for the comparison of hyperparameters.
HPARAMS = _words("hparam hparams hp")

# Of NOT_METRICS, the words beside which a metric stays one (`error rate`, `token accuracy`, `mae_temperature`).
HARMLESS = _words(
    "rate sample samples token tokens step steps epoch epochs word words sentence frame frames example examples "
    "percent percentage pct temperature temp alpha beta gamma delta length size speed duration latency energy index id "
    "full act activation seconds second minute minutes hour hours day days confidence param params"
)

# Words for what is logged beside metrics and is no metric.
NOT_METRICS = _words(
    "lr rate momentum weightdecay wd decay beta beta1 beta2 temperature temp tau eps epsilon lambda alpha gamma coef "
    "coeff coefficient weight weights scale scaler lossscale gradscale factor multiplier time times timer timing "
    "runtime duration seconds second secs sec ms minutes min hours hour eta elapsed walltime wall clock latency speed "
    "throughput fps qps ips wps ups wpb bsz tps mfu tflops flops flos gflops memory mem gpu cpu ram vram cuda disk "
    "util utilization allocated reserved norm gradnorm gnorm grad grads gradient gradients count counts counter num "
    "number n size sizes length lengths len batchsize samples sample steps step tokens token examples frames words "
    "sentences updates iterations epoch epochs params parameters param trainable bias biases hist histogram stddev std "
    "var variance meandev id index seed version patience earlystopping hpmetric hp hparam hparams config gap diff "
    "difference divergence delta overfit overfitting ratio fraction percent percentage pct progress logit logits logps "
    "threshold thresh confidence sparsity lambda1 bs wd0 lr0 lr1 lr2 lr3 full capacity queue workers worker healthy "
    "episodes exs exps expb ltpb ltps ctpb ctps tpb ltrunc ctrunc clen llen tp fp fn tn pvalue usage act activation "
    "activations"
)

# Words that do not help to name the metric.
FILLERS = _words(
    "the learning every of on in for at to during over each per by and vs versus with from using set sets data dataset "
    "datasets split splits phase mode stage loop curve curves plot plots perf graph log logs logging stat stats "
    "statistics summary summaries scalar scalars metric metrics monitor result results performance history info value "
    "values 集 的 ptl ray tune tb tensorboard event events run runs"
)

# Words that mark a smoothed or averaged copy of the same metric.
AVERAGING = _words(
    "avg average averaged mean running moving smooth smoothed smoothing reduced current cur curr final raw ema swa "
    "meter aggregated agg"
)

# Words for how much is summed up; they matter where both splits use them (`total_loss` beside `loss`).
EXTENT = _words("total tot overall all sum full global")

# Words for the interval at which a curve is logged.
EPOCH_WORDS = _words("epoch epochs epoches epochwise perepoch")
STEP_WORDS = _words(
    "step steps batch batches minibatch iter iters iteration iterations it itr inner batchwise stepwise current"
)

# `... vs samples`: a copy of the curve on another axis.
AXES = _words("samples sample iterations iteration steps step epochs epoch tokens token time examples updates flops")

# Words for a record so far or at the end: never the curve itself.
RECORDS = _words("best lowest highest minimum maximum")

# Losses that are monitored rather than trained on: their train curve alone is not worth a report.
MONITORED = _words("kl kld kldiv")

# Parts of a loss: a name with one of these added is another metric, not the same one on another validation set.
COMPONENTS = _words(
    "box bbox cls cl class classification obj objectness dfl rpn mask seg segmentation reg regression loc localization "
    "center centerness ctr giou iou l1 l2 smoothl1 huber recon reconstruction rec kl kld vae adv adversarial gan gen "
    "generator disc discriminator g d fm feature perceptual percep vgg style content tv vq commit commitment codebook "
    "quant aux auxiliary main contrastive triplet margin proto cluster distill distillation kd mlm nsp lm itm itc itg "
    "ctc att attention transducer rnnt ce bce nll focal dice lovasz boundary edge depth normal normals pose mel "
    "duration pitch energy stop gate linear postnet align alignment mono aleatoric consistency cons sup unsup semi "
    "pseudo entropy ent value policy actor critic q v pi physics pde ic bc residual ode regularization regularizer l0 "
    "penalty orth ortho sparsity balance router z load cat category label labels layer head channel level per token "
    "word char intent slot ner pos tag re rel entity domain coarse fine x y w h xy wh conf noobj keypoint kpt kobj "
    "joint heatmap offset size velocity dir rgb flow photometric geometric spatial temporal ssim lpips identity cycle "
    "neg negative pos positive"
)

# Reinforcement learning: losses of a policy have no validation.
REINFORCEMENT = _words("value policy actor critic vf pg pi td qf q1 q2 qf1 qf2 entropy surrogate")

# Beside these, `val_loss` is the loss of a value function.
POLICY = _words("pol policy actor act pi pg")

# Signs of reinforcement learning.
RETURNS = _words("reward return")

# Words that make a number beside them the number of a validation set.
SET_NUMBERED = _words("dataloader loader idx fold set")

# Parts of a validation set's name.
SET_WORDS = _words(
    "dataloader loader idx id ood iid seen unseen domain clean noisy other hard easy matched mismatched mm m fold "
    "source target known unknown novel base old new extra small large mini short long"
)

# Words of languages that write without spaces: they are found inside longer words.
UNSPACED = frozenset(word for word in (*SPLITS, *SYNONYMS, "集", "的") if ord(word[0]) > 0x2E7F)

# Names of one and the same loss.
SAME_LOSS = _words("ce nll logloss lm languagecrossentropy language")
