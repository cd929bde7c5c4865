"""Personalised recordings, measured: what a row costs against encoding the film again, and how good it is.

one row      60 s of 1080p, 4 s of it changed (a name and a logo on a moving screen): CPU against a decode and
             encode of all of it with the same preset and rate factor; shares of packets that are the master's
lengths      the same row on masters of 30, 60, 120, 300 s
rows         many rows in one batch: CPU each against a single row without start-up; memory of the workers
peers        FFmpeg and MoviePy lay the same picture and text over the same seconds
"""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measure
import quality

import takes
from retake.produce.personalisation import Session, personalize
from retake.produce.preparation import create_template
from retake.produce.templates import Prepared
from retake.produce.verification import verify
from retake.settings import Settings

HERE = Path(__file__).parent
_REENCODE = """
import av, sys
source, target, preset, crf = sys.argv[1:5]
with av.open(source) as a, av.open(target, "w", options={"movflags": "+faststart"}) as b:
    v, s = a.streams.video[0], a.streams.audio[0]
    v.thread_type = "AUTO"
    w = b.add_stream("libx264", rate=v.average_rate, options={"preset": preset, "crf": crf})
    w.width, w.height, w.pix_fmt, w.time_base = v.width, v.height, "yuv420p", v.time_base
    w.thread_count = 2
    x = b.add_stream_from_template(s, opaque=True)
    for packet in a.demux(v, s):
        if packet.stream is s:
            if packet.size:
                packet.stream = x
                b.mux(packet)
            continue
        for frame in packet.decode():
            frame.pict_type = 0
            b.mux(w.encode(frame))
    b.mux(w.encode(None))
"""


def run(
    work: Path, lengths: tuple[int, ...], rows: int, peers: list[str], tell: Callable[[dict[str, Any]], None]
) -> None:
    """Everything above, as ratios; each part is told as soon as it is measured."""
    folder = work / "takes"
    print("making the recordings (once) ...", flush=True)
    films = takes.make_takes(folder, lengths)
    settings = Settings(store=work / "store", home=work / "home", workers=2)
    prepared = {seconds: _prepare(films[seconds], seconds, folder, settings) for seconds in lengths}
    one = _one_row(prepared[60], folder, work, settings)
    tell({"one_row": one})
    tell({"lengths": {s: _length(prepared[s], folder, work, settings) for s in lengths}})
    if peers:
        tell({"peers": _peers(prepared[60], folder, work, peers, one["seconds"]["row_wall"])})
    base = folder / "presenter.mp4"
    truth = quality.truth_of(base)
    print("quality ...", flush=True)
    tell({"surface": quality.surface(base, truth, takes.CHANGED[1]), "mouth": quality.mouth(base, truth)})
    tell({"voice": quality.voice()})
    if rows:
        tell({"batch": _batch(prepared[min(lengths)], rows, folder, work, settings)})


def _prepare(film: Path, seconds: int, folder: Path, settings: Settings) -> Prepared:
    print(f"preparing the template of {seconds} s ...", flush=True)
    config = folder / f"template_{seconds}.json"
    config.write_text(json.dumps(takes.template(film, seconds, folder / "presenter.truth.json")))
    return create_template(config, settings=settings)


def _one_row(prepared: Prepared, folder: Path, work: Path, settings: Settings) -> dict[str, Any]:
    encoding = prepared.template.encoding
    print("one row, then the whole film encoded again ...", flush=True)
    data, out = folder / "row.json", work / "row.mp4"
    data.write_text(json.dumps(_row(0)))
    environment = {"RETAKE_STORE": str(settings.store), "RETAKE_HOME": str(settings.home)}
    line = [sys.executable, "-m", "retake", "personalize", "-t", prepared.template.id, "--data", str(data)]
    cold = measure.command([*line, "-o", str(out)], environment)
    session = Session(prepared, settings)
    warm = [_row_cost(session, i, folder, out) for i in range(3)][-1]
    whole = measure.command(
        [sys.executable, "-c", _REENCODE, str(prepared.master), str(work / "again.mp4"), encoding.preset,
         f"{encoding.crf:g}"]
    )  # fmt: skip
    proof = verify(prepared.master, out)
    return {
        "frames": prepared.analysis.frames,
        "frames_changed": prepared.analysis.frames_changed,
        "limit": round(prepared.analysis.frames / prepared.analysis.frames_changed, 1),
        "cpu_gain_in_a_batch": round(whole.cpu / warm.cpu, 2),
        "cpu_gain_of_the_command": round(whole.cpu / cold.cpu, 2),
        "wall_gain_of_the_command": round(whole.wall / cold.wall, 2),
        "packets_identical": round(proof.video.share, 4),
        "memory_mb": round(cold.memory),
        "seconds": {"row_cpu": round(warm.cpu, 2), "row_wall": round(cold.wall, 2),
                    "command_cpu": round(cold.cpu, 2), "encode_cpu": round(whole.cpu, 2)},
    }  # fmt: skip


def _length(prepared: Prepared, folder: Path, work: Path, settings: Settings) -> dict[str, float]:
    session = Session(prepared, settings)
    costs = [_row_cost(session, i, folder, work / "length.mp4") for i in range(3)]
    best = min(costs[1:], key=lambda cost: cost.cpu)
    return {"row_cpu": round(best.cpu, 2), "first_row_cpu": round(costs[0].cpu, 2)}


def _row_cost(session: Session, i: int, folder: Path, out: Path) -> measure.Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    personalize(session, _row(i), out, base=folder)
    return measure.Cost(time.process_time() - cpu, time.perf_counter() - wall)


def _row(i: int) -> dict[str, str]:
    client, full, company, logo = takes.ROWS[i % len(takes.ROWS)]
    return {"client_name": client, "full_name": f"{full} {i}", "company_name": company, "logo": logo}


def _batch(prepared: Prepared, rows: int, folder: Path, work: Path, settings: Settings) -> dict[str, Any]:
    """CPU of each row as the workers count it, and their peak memory after the first and the last rows."""
    print(f"a batch of {rows} rows ...", flush=True)
    table, out = folder / "rows.csv", work / "batch"
    shutil.rmtree(out, ignore_errors=True)
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(_row(0)))
        writer.writeheader()
        writer.writerows(_row(i) for i in range(rows))
    single = _length(prepared, folder, work, settings)["row_cpu"]
    environment = {**os.environ, "RETAKE_STORE": str(settings.store), "RETAKE_HOME": str(settings.home)}
    line = [sys.executable, "-m", "retake", "batch", "-t", prepared.template.id, "--rows", str(table),
            "-o", str(out), "--workers", "2"]  # fmt: skip
    child = subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    peaks: list[int] = []
    while child.poll() is None:
        peaks.append(_workers_memory(child.pid))
        time.sleep(1)
    records = [json.loads(text) for text in (out / "results.jsonl").read_text().splitlines()]
    costs = [record["cpu_seconds"] for record in records if record["state"] == "done"]
    steady = costs[4:] or costs
    third = max(len(peaks) // 3, 1)
    return {
        "rows": len(records),
        "films": sum(record["state"] == "done" for record in records),
        "cpu_over_single": round(sum(steady) / len(steady) / single, 3),
        "memory_mb_first_third": round(max(peaks[:third]) / 1024),
        "memory_mb_last_third": round(max(peaks[-third:]) / 1024),
    }


def _workers_memory(parent: int) -> int:
    """Resident kB of a process's children; 0 where the system does not tell."""
    told = subprocess.run(["ps", "-o", "rss=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    return sum(int(line) for line in told.split())


def _peers(prepared: Prepared, folder: Path, work: Path, peers: list[str], mine: float) -> dict[str, Any]:
    """Other engines' wall time over our command's, for the same name and logo in the same seconds."""
    found: dict[str, Any] = {}
    job = folder / "overlay.json"
    job.write_text(json.dumps(takes.overlay(prepared.template, _row(0), folder, prepared.analysis.size)))
    for peer in peers:
        name, _, command = peer.partition("=")
        print(f"peer {name} ...", flush=True)
        places = {"film": prepared.master, "job": job, "out": work / f"row_{name}.mp4"}
        cost = measure.command([part.format(**places) for part in shlex.split(command)])
        found[name] = {"wall_over_retake": round(cost.wall / mine, 2)}
    return found
