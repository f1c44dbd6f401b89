"""The estimator families a spec can name, for choosing one without loading the library that has them."""

BOTH, CLASSES, NUMBERS = "classification and regression", "classification", "regression"

FAMILIES: tuple[tuple[str, str], ...] = (
    ("hist_gradient_boosting", BOTH),
    ("random_forest", BOTH),
    ("extra_trees", BOTH),
    ("gradient_boosting", BOTH),
    ("ada_boost", BOTH),
    ("bagging", BOTH),
    ("decision_tree", BOTH),
    ("k_neighbors", BOTH),
    ("mlp", BOTH),
    ("sgd", BOTH),
    ("ridge", BOTH),
    ("gaussian_process", BOTH),
    ("dummy", BOTH),
    ("logistic_regression", CLASSES),
    ("svc", CLASSES),
    ("linear_svc", CLASSES),
    ("gaussian_nb", CLASSES),
    ("bernoulli_nb", CLASSES),
    ("lda", CLASSES),
    ("qda", CLASSES),
    ("linear_regression", NUMBERS),
    ("ols", NUMBERS),
    ("lasso", NUMBERS),
    ("elastic_net", NUMBERS),
    ("bayesian_ridge", NUMBERS),
    ("huber", NUMBERS),
    ("kernel_ridge", NUMBERS),
    ("svr", NUMBERS),
    ("linear_svr", NUMBERS),
)
"""Name, and what it is for; training resolves the names."""
