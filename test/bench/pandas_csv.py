"""What a NumPy user would run instead: 1e6 Adam runs of 20 steps, and the same table as a CSV, fsynced."""
import json, os, sys, tempfile, time
import numpy as np, pandas as pd
N = 1_000_000
t = time.perf_counter()
a = 0.01 + 0.5 * np.arange(N) / (N - 1)
m = np.zeros(N); v = np.zeros(N); th = np.zeros(N); peak = np.zeros(N); p1 = p2 = 1.0
step = np.full(N, -1)
final = np.zeros(N)
for i in range(20):
    g = np.where(th < 1, -1.0, 1.0)
    m = .9 * m + .1 * g; v = .999 * v + .001 * g * g; p1 *= .9; p2 *= .999
    th = th - a * (m / (1 - p1)) / (np.sqrt(v / (1 - p2)) + 1e-8); peak = np.maximum(peak, th)
    first = (step < 0) & (th > 1.2); step[first] = i + 1; final[first] = th[first]
escaped = step > 0
reached = peak >= 1
table = pd.DataFrame({"trial": np.arange(N), "key": "abcdefghijklmnopqrst", "replicate": 0, "seed": np.arange(N) * 4099 % 4294967296, "alpha": a,
                      "status": "ok", "escaped": escaped, "reached": reached, "stuck": reached & ~escaped,
                      "escape_step": np.where(escaped, step, -1), "peak": peak, "final_theta": np.where(escaped, final, th)})
with tempfile.NamedTemporaryFile("w", suffix=".csv", dir=sys.argv[1]) as f:
    table.to_csv(f, index=False); f.flush(); os.fsync(f.fileno())
print(json.dumps({"ms": (time.perf_counter() - t) * 1e3}))
