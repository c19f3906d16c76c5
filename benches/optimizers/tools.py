"""Public optimisers on the objective: one boolean for each feature and an integer depth.

Optuna and pymoo are used as their documentation says for two objectives and mixed variables. Populations are a fifth of
the budget of 50 and a tenth of that of 200, since a population as large as the budget would be random search.
"""


def optuna_tpe(ask, objective, budget, seed):
    import optuna

    _optuna(ask, objective, budget, optuna.samplers.TPESampler(seed=seed))


def optuna_nsga2(ask, objective, budget, seed):
    import optuna

    _optuna(ask, objective, budget, optuna.samplers.NSGAIISampler(seed=seed, population_size=population(budget)))


def _optuna(ask, objective, budget, sampler):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def evaluate(trial):
        features = [name for name in objective.features if trial.suggest_categorical(name, [False, True])]
        depth = trial.suggest_int("depth", 1, objective.max_depth)
        return ask(features, depth)

    study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)
    study.optimize(evaluate, n_trials=budget)


def pymoo_nsga2(ask, objective, budget, seed):
    from pymoo.algorithms.moo.nsga2 import RankAndCrowdingSurvival
    from pymoo.core.mixed import MixedVariableGA
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.core.variable import Binary, Integer
    from pymoo.optimize import minimize

    class Problem(ElementwiseProblem):
        def __init__(self):
            variables = {name: Binary() for name in objective.features}
            variables["depth"] = Integer(bounds=(1, objective.max_depth))
            super().__init__(vars=variables, n_obj=2)

        def _evaluate(self, x, out, *args, **kwargs):
            f1, cost = ask([name for name in objective.features if x[name]], x["depth"])
            out["F"] = [-f1, cost]

    algorithm = MixedVariableGA(pop_size=population(budget), survival=RankAndCrowdingSurvival())
    minimize(Problem(), algorithm, ("n_evals", budget), seed=seed, verbose=False)


def hypermapper(ask, objective, budget, seed):
    """HyperMapper 2.2 as the published CATO calls it: three random points, its default Bayesian optimisation, feature
    priors from mutual information damped by 0.4, the prior "decay" on the depth, features without information left out.
    """
    import contextlib
    import json
    import os
    import random
    import sys
    import tempfile
    import warnings

    import numpy

    warnings.filterwarnings("ignore")
    from hypermapper import models, optimizer

    # Each tree of its forests would convert the same nested list again, which takes half of its time. The values are
    # the same.
    leaves = models.RFModel.get_leaves_per_sample
    models.RFModel.get_leaves_per_sample = lambda self, points, space: leaves(
        self, numpy.asarray(points, dtype=numpy.float32), space
    )

    starts, damping = 3, 0.4
    information = {f["name"]: f["mutual_information"] for f in objective.description["features"]}
    features = [name for name in objective.features if information[name] > 0]
    largest = max(information.values())

    def prior(name):
        share = (1 - damping) * information[name] / largest + damping * 0.5
        return [1 - share, share]

    parameters = {
        name: {"parameter_type": "categorical", "values": ["false", "true"], "prior": prior(name)} for name in features
    }
    parameters["pkt_depth"] = {"parameter_type": "integer", "values": [1, objective.max_depth], "prior": "decay"}

    def evaluate(x):
        f1, cost = ask([name for name in features if x[name] == "true"], int(x["pkt_depth"]))
        return {"neg_f1_score": -f1, "compute_cost": cost}

    with tempfile.TemporaryDirectory() as folder:
        scenario = {
            "application_name": "cato",
            "optimization_objectives": ["neg_f1_score", "compute_cost"],
            "design_of_experiment": {"doe_type": "random sampling", "number_of_samples": starts},
            "optimization_iterations": budget - starts,
            "number_of_cpus": 1,
            "input_parameters": parameters,
            "output_data_file": os.path.join(folder, "samples.csv"),
            "log_file": os.path.join(folder, "log"),
        }
        path = os.path.join(folder, "scenario.json")
        with open(path, "w") as file:
            json.dump(scenario, file)
        random.seed(seed)
        numpy.random.seed(seed)
        stdout = sys.stdout
        with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
            optimizer.optimize(path, evaluate)
        # It puts a logger of its own in its place.
        sys.stdout = stdout


def population(budget):
    return budget // 5 if budget <= 50 else budget // 10


TOOLS = {"optuna-tpe": optuna_tpe, "optuna-nsga2": optuna_nsga2, "pymoo-nsga2": pymoo_nsga2, "hypermapper": hypermapper}
