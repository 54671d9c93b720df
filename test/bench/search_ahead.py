"""Optuna's TPE with a look-ahead, on the problems of the golden results: trial k is asked for when trials up to k - W have
been told, as ours is. Its default (constant_liar) counts running trials as bad. Writes the regrets as
`npm run bench -- search tpe --peers FILE` reads them. Arguments: the folder of the golden results, W, seeds, FILE."""
import json
import sys
from collections import deque

folder, lookahead, seeds, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
sys.path.insert(0, folder)
import problems
import run

AFTER = [100, 200]


def regrets(problem, seed):
    directions = ["minimize"] * problem.objectives
    study = run.optuna.create_study(sampler=run.SAMPLERS["tpe"](seed), directions=directions)
    running, observed, true = deque(), [], []
    for k in range(max(AFTER)):
        while len(running) >= lookahead:
            study.tell(*running.popleft())
        trial = study.ask()
        params = run.suggest(trial, problem.space)
        observed.append(problem.observe(params, seed, k))
        true.append(problem.f(params))
        running.append((trial, observed[-1]))
    if problem.objectives == 2:
        return [problem.f_opt - problems.hypervolume2(true[:n], (11, 11)) for n in AFTER]
    best = [min(range(n), key=lambda i: observed[i]) for n in AFTER]
    return [max(0, true[i] - problem.f_opt) for i in best]


with open(out, "w") as file:
    for problem in problems.PROBLEMS:
        row = [regrets(problem, seed) for seed in range(seeds)]
        line = dict(problem=problem.name, sampler="tpe", n=AFTER, seeds=list(range(seeds)), regret=row)
        file.write(json.dumps(line) + "\n")
        file.flush()
