"""Opens a journal with Optuna, prints the study as JSON, and goes on with it for some trials. Arguments: the journal, and
`dashboard` to ask optuna-dashboard for the study too."""
import json
import math
import sys

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = JournalStorage(JournalFileBackend(sys.argv[1]))
study = optuna.load_study(study_name=None, storage=storage)


def plain(value):
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def describe(trial):
    trial._validate()  # values lie in their distributions, states have what they need
    return {
        "state": trial.state.name,
        "values": None if trial.values is None else [repr(float(value)) for value in trial.values],
        "params": {name: repr(value) for name, value in trial.params.items()},
        "attributes": {name: plain(value) for name, value in trial.user_attrs.items()},
        "intermediate": {str(step): repr(value) for step, value in trial.intermediate_values.items()},
        "seconds": (trial.datetime_complete - trial.datetime_start).total_seconds(),
        "started": trial.datetime_start.astimezone().timestamp(),
    }


trials = study.get_trials(deepcopy=False)
said = {
    "name": study.study_name,
    "directions": [direction.name for direction in study.directions],
    "metrics": study.metric_names,
    "attributes": study.user_attrs,
    "best": [trial.number for trial in study.best_trials],
    "distributions": {name: repr(kind) for trial in trials for name, kind in trial.distributions.items()},
    "trials": [describe(trial) for trial in trials],
}

if sys.argv[2:] == ["dashboard"]:
    from optuna_dashboard import wsgi

    status = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": f"/api/studies/{study._study_id}",
        "QUERY_STRING": "after=0",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": sys.stdin.buffer,
        "wsgi.errors": sys.stderr,
    }
    body = b"".join(wsgi(storage)(environ, lambda line, *_: status.append(line)))
    # As a browser reads it: without NaN.
    answer = json.loads(body, parse_constant=lambda word: sys.exit(f"the dashboard says {word}"))
    said["dashboard"] = {"status": status, "trials": len(answer["trials"])}

# A sampler that learns from what is there proposes on, within the same distributions.
space = {name: kind for trial in trials for name, kind in trial.distributions.items()}
for _ in range(3):
    asked = study.ask(space)
    study.tell(asked, [0.5] * len(study.directions))
said["after"] = len([trial for trial in study.get_trials() if trial.state == TrialState.COMPLETE])
print(json.dumps(said))
