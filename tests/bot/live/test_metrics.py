"""The page for Prometheus."""

from prometheus_client.parser import text_string_to_metric_families

from bot.live.metrics import Metrics

EXPECTED = {
    "sockets": (),
    "acks": ("outcome",),
    "commit_batch": (),
    "commit_seconds": (),
    "log_queue": (),
    "replies": ("outcome",),
    "bus_up": (),
    "bus_lag_seconds": (),
    "outbox_age_seconds": (),
    "outbox_waiting": (),
    "outbox_failed": (),
    "work": ("kind", "outcome"),
    "cut_sockets": ("reason",),
    "resyncs": (),
    "requests": ("method", "route", "status"),
    "request_seconds": ("route",),
    "desk_waiting": (),
    "media_bytes": (),
}


def test_every_metric_is_there_and_described_under_its_name() -> None:
    """Each attribute is one entry of the catalogue, with its labels."""
    metrics = Metrics()
    described = {entry.name.removeprefix("weihub_").removesuffix("_total"): entry.labels for entry in metrics.catalogue}

    assert described == EXPECTED
    assert all(hasattr(metrics, name) for name in EXPECTED)


def test_the_page_shows_what_was_counted() -> None:
    """In the text form that Prometheus reads, beside the process's own numbers."""
    metrics = Metrics()
    metrics.sockets.set(3)
    metrics.acks.labels("ok").inc(2)
    metrics.work.labels("answer", "done").inc()
    metrics.commit_batch.observe(7)
    metrics.media_bytes.inc(1_000)
    body, content_type = metrics.render()
    samples = {
        (sample.name, *sample.labels.values()): sample.value for family in text_string_to_metric_families(body.decode()) for sample in family.samples
    }

    assert content_type.startswith("text/plain; version=")
    assert samples["weihub_sockets",] == 3
    assert samples["weihub_acks_total", "ok"] == 2
    assert samples["weihub_work_total", "answer", "done"] == 1
    assert samples["weihub_commit_batch_bucket", "5.0"] == 0
    assert samples["weihub_commit_batch_bucket", "10.0"] == 1
    assert samples["weihub_media_bytes_total",] == 1_000
    assert samples["process_open_fds",] > 0


def test_two_hubs_of_one_process_count_apart() -> None:
    """Each has a registry of its own."""
    one, other = Metrics(), Metrics()
    one.sockets.inc()

    assert b"weihub_sockets 1.0" in one.render()[0]
    assert b"weihub_sockets 0.0" in other.render()[0]


def test_a_hub_without_a_broker_hears_everyone() -> None:
    """There is nobody else; an alarm on `weihub_bus_up` stays silent."""
    assert b"weihub_bus_up 1.0" in Metrics().render()[0]
