"""What a Python user would run instead of the latent sweep: joblib over processes, PyTorch with one thread in each, and
scikit-learn for what is asked of the codes. The same networks, start, batches, metrics and rows; one CSV at the end.
Usage: study_torch.py DATA OUT LATENTS REPLICATES EPOCHS PROCESSES (Debian: python3-torch, -sklearn, -joblib)."""
import csv
import gzip
import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from joblib import Parallel, delayed

HIDDEN = {2: [256, 128, 64, 32, 16, 8, 4], 16: [256, 128, 64], 64: [256, 128], 256: []}
BATCH, KEPT, PROBED = 256, 1000, 10_000


def read(folder, name, header):
    path = os.path.join(folder, name)
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as f:
        return np.frombuffer(f.read(), np.uint8)[header:].copy()


def trial(number, latent, replicate, epochs, data, out):
    # Imported here: the parent, which only hands out trials, does without their memory.
    import torch
    import torch.nn as nn
    from scipy.optimize import linear_sum_assignment
    from sklearn.cluster import KMeans
    from sklearn.linear_model import RidgeClassifier
    from sklearn.metrics import adjusted_rand_score, classification_report, confusion_matrix, normalized_mutual_info_score
    from sklearn.preprocessing import StandardScaler

    torch.set_num_threads(1)
    torch.manual_seed(1000 * latent + replicate)
    train_x, train_y, test_x, test_y = data
    up = [784, *HIDDEN[latent], latent]
    widths = [*up, *up[-2::-1]]
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        linear = nn.Linear(fan_in, fan_out)
        nn.init.xavier_uniform_(linear.weight)
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers[:-1], nn.Sigmoid())
    encoder = model[: 2 * (len(up) - 1)]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(epochs):
        order, total = np.random.default_rng().permutation(len(train_x)), 0.0
        for at in range(0, len(order), BATCH):
            x = torch.from_numpy(train_x[order[at : at + BATCH]]).float() / 255
            optimizer.zero_grad()
            loss = (model(x) - x).abs().mean()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(x)
        losses.append(total / len(order))

    with torch.no_grad():
        x = torch.from_numpy(np.array(test_x)).float() / 255
        codes = encoder(x).numpy()
        probed = encoder(torch.from_numpy(np.array(train_x[:PROBED])).float() / 255).numpy()
        decoded = model(x)
        apart = decoded - x
        share = float(decoded.var(0, unbiased=False).sum() / x.var(0, unbiased=False).sum())
    found = KMeans(n_clusters=10, n_init=10, random_state=replicate).fit(codes)
    table = confusion_matrix(test_y, found.labels_, labels=range(10))
    classes, clusters = linear_sum_assignment(-table)
    named = np.empty(10, int)
    named[clusters] = classes
    scaler = StandardScaler().fit(probed)
    probe = RidgeClassifier().fit(scaler.transform(probed), train_y[:PROBED])
    report = classification_report(test_y, named[found.labels_], zero_division=0, output_dict=True)
    torch.save(model.state_dict(), os.path.join(out, f"{number}.pt"))
    np.save(os.path.join(out, f"{number}.npy"), codes[:KEPT])
    return {
        **{"trial": number, "latent": latent, "replicate": replicate, "train_loss": losses[-1]},
        **{"test_l1": float(apart.abs().mean()), "test_mse": float((apart**2).mean())},
        **{"kmeans_accuracy": report["accuracy"], "raw_accuracy": float((test_y == found.labels_).mean())},
        **{"nmi": normalized_mutual_info_score(test_y, found.labels_), "ari": adjusted_rand_score(test_y, found.labels_)},
        **{"inertia": float(found.inertia_), "dead_units": int((np.ptp(codes, axis=0) == 0).sum()), "collapsed": share < 0.01},
        "probe_accuracy": float(probe.score(scaler.transform(codes), test_y)),
    }


if __name__ == "__main__":
    folder, out, latents, replicates, epochs, processes = sys.argv[1:]
    data = (
        read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 784),
        read(folder, "train-labels-idx1-ubyte", 8),
        read(folder, "t10k-images-idx3-ubyte", 16).reshape(-1, 784),
        read(folder, "t10k-labels-idx1-ubyte", 8),
    )
    points = [(latent, replicate) for latent in map(int, latents.split(",")) for replicate in range(int(replicates))]
    # joblib puts large arrays into shared memory: the images exist once.
    rows = Parallel(n_jobs=int(processes))(
        delayed(trial)(number, *point, int(epochs), data, out) for number, point in enumerate(points)
    )
    with open(os.path.join(out, "trials.csv"), "w", newline="") as f:
        writer = csv.DictWriter(f, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        f.flush()
        os.fsync(f.fileno())
