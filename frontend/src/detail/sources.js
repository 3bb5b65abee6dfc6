// Who says what a flag says, for those who want to read on. The words themselves come with the pair.

/** @type {Readonly<Record<string, string>>} */
export const FLAG_SOURCES = {
  recovered: "Nakkiran et al., Deep Double Descent (2019)",
  non_finite: "Micikevicius et al., Mixed Precision Training (2018)",
  val_below_train: "Rosebrock, Why is my validation loss lower than my training loss? (2019), after G\u00e9ron",
  constant_validation: "Karpathy, A Recipe for Training Neural Networks (2019)",
  noisy_validation: "Bouthillier et al., Accounting for Variance in Machine Learning Benchmarks (2021)",
  step_train_epoch_val: "Rosebrock, Why is my validation loss lower than my training loss? (2019), after G\u00e9ron",
  test_as_val: "Goodfellow, Bengio & Courville, Deep Learning (2016), section 5.3",
};
