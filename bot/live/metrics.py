"""Every number the hub shows to Prometheus, and the only place that knows the library. docs/metrics.md tells what they mean."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

T = TypeVar("T", Counter, Gauge, Histogram)

_BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
_COMMIT_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)
_REQUEST_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_LAG_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30)


class Described(msgspec.Struct, frozen=True):
    """What docs/metrics.md must say of one metric; `name` as Prometheus shows it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


class Metrics:
    """The metrics of one hub, in a registry of their own, so that several hubs of one process do not add up.

    `labels(...)` costs a lock and a look-up: hot paths keep the child it gives.

    Attributes:
        catalogue: every metric of ours, in order.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.catalogue: list[Described] = []
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)

        self.sockets = self._gauge("sockets", "Sockets that are connected.")
        self.acks = self._counter("acks", "Answers to events of sockets; outcome is ok or the code of the error.", ["outcome"])
        self.cut_sockets = self._counter("cut_sockets", "Sockets the hub closed by itself, by reason.", ["reason"])
        self.resyncs = self._counter("resyncs", "Times a client was told to sync because it may have missed something.")
        self.commit_batch = self._histogram("commit_batch", "Messages that shared one transaction.", _BATCH)
        self.commit_seconds = self._histogram("commit_seconds", "Seconds one transaction of the log took, commit included.", _COMMIT_S)
        self.log_queue = self._gauge("log_queue", "Messages that wait for the next transaction of the log.")
        self.replies = self._counter("replies", "Decisions on automatic replies, by outcome.", ["outcome"])
        self.bus_up = self._gauge("bus_up", "1 while this process hears the others and they hear it, else 0.")
        # Without a broker there is nobody else to hear; one with a broker says otherwise until it is connected.
        self.bus_up.set(1)
        self.bus_lag_seconds = self._histogram("bus_lag_seconds", "Seconds a ring took through the broker, sampled.", _LAG_S)
        self.outbox_age_seconds = self._gauge("outbox_age_seconds", "Age of the oldest work that is waiting, in seconds.")
        self.outbox_waiting = self._gauge("outbox_waiting", "Pieces of work that wait or are in hand.")
        self.outbox_failed = self._gauge("outbox_failed", "Pieces of work given up after too many attempts; a person must look.")
        self.work = self._counter("work", "Attempts at work of the outbox, by kind and outcome.", ["kind", "outcome"])
        self.requests = self._counter("requests", "HTTP requests, by method, route and status.", ["method", "route", "status"])
        self.request_seconds = self._histogram("request_seconds", "Seconds an HTTP request took, by route.", _REQUEST_S, ["route"])
        self.desk_waiting = self._gauge("desk_waiting", "Conversations that wait for an operator.")
        self.media_bytes = self._counter("media_bytes", "Bytes of media that were stored.")

    def render(self) -> tuple[bytes, str]:
        """The page for Prometheus: its body and content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def _gauge(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
        return self._described(Gauge(f"weihub_{name}", meaning, labels, registry=self._registry), f"weihub_{name}", labels, meaning)

    def _counter(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
        return self._described(Counter(f"weihub_{name}", meaning, labels, registry=self._registry), f"weihub_{name}_total", labels, meaning)

    def _histogram(self, name: str, meaning: str, buckets: Sequence[float], labels: Sequence[str] = ()) -> Histogram:
        metric = Histogram(f"weihub_{name}", meaning, labels, buckets=buckets, registry=self._registry)
        return self._described(metric, f"weihub_{name}", labels, meaning)

    def _described(self, metric: T, name: str, labels: Sequence[str], meaning: str) -> T:
        self.catalogue.append(Described(name, type(metric).__name__.lower(), tuple(labels), meaning))
        return metric
