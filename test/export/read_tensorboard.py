"""Reads a log directory as TensorBoard does, and prints as JSON: the scalars of every run, and what the HParams page is made
of. Argument: the directory."""
import json
import os
import sys
from types import SimpleNamespace

from tensorboard import context
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups

logs = sys.argv[1]
runs = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(logs)
runs.Reload()
provider = MultiplexerDataProvider(runs, logs)
backend = backend_context.Context(SimpleNamespace(data_provider=provider))
request = context.RequestContext()
experiment = get_experiment.Handler(request, backend, logs, api_pb2.GetExperimentRequest()).run()
asked = api_pb2.ListSessionGroupsRequest(
    start_index=0,
    slice_size=100,
    allowed_statuses=[api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE],
    aggregation_type=api_pb2.AGGREGATION_AVG,
    col_params=[api_pb2.ColParams(hparam=info.name) for info in experiment.hparam_infos],
)
groups = list_session_groups.Handler(request, backend, logs, asked).run().session_groups


def plain(value):
    return getattr(value, value.WhichOneof("kind"))


def scalars(run):
    events = EventAccumulator(os.path.join(logs, run)).Reload()
    return {
        tag: [[event.step, repr(event.value)] for event in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }


print(
    json.dumps(
        {
            "scalars": {run: scalars(run) for run in runs.Runs()},
            "hparams": {info.name: api_pb2.DataType.Name(info.type) for info in experiment.hparam_infos},
            "metrics": {info.display_name: info.name.tag for info in experiment.metric_infos},
            "groups": [
                {
                    "hparams": {name: plain(value) for name, value in group.hparams.items()},
                    "metrics": {each.name.tag: repr(each.value) for each in group.metric_values},
                    "sessions": {each.name: api_pb2.Status.Name(each.status) for each in group.sessions},
                    "seconds": [round(each.end_time_secs - each.start_time_secs, 3) for each in group.sessions],
                }
                for group in groups
            ],
        }
    )
)
