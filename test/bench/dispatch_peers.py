"""What one trial that does nothing costs elsewhere: prints {"trials_per_second": ...} for the peer that is named. Imports
and the start of worker processes are not in the time. Arguments: optuna-memory | optuna-journal | joblib | ray, a
scratch folder."""
import json
import os
import sys
import time

peer, folder = sys.argv[1:3]
WORKERS = 2


def objective(trial):
    return trial.suggest_float("x", 0, 1)


def optuna_trials(count, make_storage):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.RandomSampler(seed=1)
    study = optuna.create_study(storage=make_storage(), sampler=sampler)
    study.optimize(objective, n_trials=10)  # what is loaded late is loaded
    return timed(lambda: study.optimize(objective, n_trials=count))


def journal():
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return JournalStorage(JournalFileBackend(os.path.join(folder, "journal.log")))


def same(x):
    return x


def joblib_trials(count):
    from joblib import Parallel, delayed

    with Parallel(n_jobs=WORKERS) as parallel:
        parallel(delayed(same)(i) for i in range(1000))
        return timed(lambda: parallel(delayed(same)(i / count) for i in range(count)))


def ray_trials(count):
    os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")
    import ray
    from ray import tune

    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    tuner = tune.Tuner(
        lambda config: {"y": config["x"]},
        param_space={"x": tune.grid_search([i / count for i in range(count)])},
        run_config=tune.RunConfig(storage_path=folder, verbose=0),
        tune_config=tune.TuneConfig(reuse_actors=True),
    )
    return timed(tuner.fit)


def timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


COUNTS = {"optuna-memory": 10_000, "optuna-journal": 1000, "joblib": 100_000, "ray": 100}
RUN = {
    "optuna-memory": lambda count: optuna_trials(count, lambda: None),
    "optuna-journal": lambda count: optuna_trials(count, journal),
    "joblib": joblib_trials,
    "ray": ray_trials,
}
print(json.dumps({"trials_per_second": COUNTS[peer] / RUN[peer](COUNTS[peer])}))
