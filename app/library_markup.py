"""The library as HTML. File names, titles and notices are hostile, and escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from app.library_queue import Job, State
from app.shelving import Shelved
from index.catalogue import ReportSummary
from ingest.registry import FORMATS
from ingest.source import MEBIBYTE

_STATES = {
    State.WAITING: "Waiting",
    State.READING: "Reading",
    State.EMBEDDING: "Embedding",
    State.REMOVING: "Removing",
    State.DONE: "Done",
    State.FAILED: "Not added",
}
# More notices than this are folded away under a count.
_MOST_NOTICES = 3


def write_drop(limit: int, most: int) -> str:
    """Return the place where files are dropped, and the question asked before a removal.

    Args:
        limit: largest file in bytes.
        most: how many files may wait at a time.
    """
    formats = ", ".join(kind.name for kind in FORMATS[:-1]) + f" and {FORMATS[-1].name}"
    formats = formats[:1].upper() + formats[1:]
    suffixes = ",".join(suffix for kind in FORMATS for suffix in kind.suffixes)
    return (
        f'<section class="rq-drop" data-limit="{limit}" data-suffixes="{suffixes}"'
        ' aria-labelledby="rq-drop-name" aria-describedby="rq-drop-limits">'
        '<h2 id="rq-drop-name">Drop reports here</h2>'
        '<p class="rq-drop-choose"><button type="button" data-choose="files">Choose files</button>'
        '<button type="button" data-choose="folder">Choose a folder</button></p>'
        f'<p id="rq-drop-limits">{formats}, up to {limit / MEBIBYTE:,.0f}&nbsp;MiB each,'
        f" {most} files at a time. Archives are not unpacked. Files stay on the machine that"
        " ReportQA runs on.</p>"
        '<input type="file" multiple hidden data-files="files" tabindex="-1" aria-label="Files">'
        '<input type="file" webkitdirectory hidden data-files="folder" tabindex="-1"'
        ' aria-label="Folder"></section>'
        '<ul class="rq-sending" aria-label="Files on their way"></ul>'
        '<p class="rq-unseen" role="status" data-said></p>'
        f"{_dialog()}"
    )


def write_read_only() -> str:
    """Return what stands in the drop's place where nothing may be added."""
    return (
        '<p class="rq-library-note">This library is read only: reports are added and removed by'
        " whoever runs ReportQA.</p>"
    )


def write_jobs(jobs: Sequence[Job]) -> str:
    """Return how each file is doing, the newest drop last; nothing where there are none."""
    if not jobs:
        return '<div class="rq-jobs"></div>'
    done = [job for job in jobs if not job.active]
    failed = sum(job.state is State.FAILED for job in jobs)
    said = f"{len(done)} of {len(jobs)} done" + (f", {failed} not added" if failed else "")
    clear = (
        '<button type="button" class="rq-plain" data-clear>Clear what is done</button>'
        if done
        else ""
    )
    return (
        '<section class="rq-jobs" aria-labelledby="rq-jobs"><div class="rq-heading">'
        f'<h2 id="rq-jobs" tabindex="-1">Latest changes</h2>{clear}</div>'
        f'<p class="rq-tally">{said}</p>'
        '<div class="rq-scroll" role="region" tabindex="0" aria-label="Each file">'
        f"<ol>{''.join(_job(job) for job in jobs)}</ol></div></section>"
    )


def write_shelf(summaries: Sequence[ReportSummary], *, read_only: bool) -> str:
    """Return the list of the reports."""
    if not summaries:
        return _empty(read_only=read_only)
    passages = _count(sum(one.passages for one in summaries), "passage")
    items = "".join(_report(one, read_only=read_only) for one in summaries)
    return (
        '<section class="rq-shelf" aria-labelledby="rq-shelf-name">'
        f'<h2 id="rq-shelf-name" tabindex="-1">{_count(len(summaries), "report")} · {passages}</h2>'
        f"<ul>{items}</ul></section>"
    )


def write_trouble(reason: str) -> str:
    """Return what stands in place of the list where the index cannot be read."""
    return (
        '<section class="rq-shelf rq-notice rq-notice-problem">'
        f"<h2>The reports cannot be listed</h2><p>{escape(_sentence(reason))}</p></section>"
    )


def _dialog() -> str:
    return (
        '<dialog class="rq-ask-first" aria-labelledby="rq-removal"><h2 id="rq-removal">Remove this'
        " report?</h2><p><bdi data-title></bdi></p><p>It is no longer searched. Of an uploaded"
        " file, the copy kept here is deleted too; your own file stays where you have it.</p>"
        '<form method="dialog"><button type="submit" value="keep" autofocus>Keep it</button>'
        '<button type="submit" value="remove" class="rq-danger">Remove</button></form></dialog>'
    )


def _empty(*, read_only: bool) -> str:
    what = (
        "Whoever runs ReportQA has not added a report yet."
        if read_only
        else "Drop a report above. As soon as it is read you can ask it questions."
    )
    return (
        '<section class="rq-shelf rq-shelf-empty" aria-labelledby="rq-shelf-name">'
        f'<h2 id="rq-shelf-name" tabindex="-1">No reports yet</h2><p>{what}</p></section>'
    )


def _job(job: Job) -> str:
    return (
        f'<li class="rq-job" data-state="{job.state}"><div class="rq-job-head">'
        f'<span class="rq-file"><bdi>{escape(job.name)}</bdi></span>'
        f'<span class="rq-state">{_state(job)}</span></div>{_outcome(job)}</li>'
    )


def _state(job: Job) -> str:
    words = _STATES[job.state]
    if job.shelved:
        words = {"added": "Added", "present": "Already here", "removed": "Removed"}[
            job.shelved.verb
        ]
    elif job.order and job.order.report and job.state is State.FAILED:
        words = "Not removed"
    if job.state in (State.READING, State.EMBEDDING) and job.total:
        words = f"{words} {job.done:,} of {job.total:,}"
    return words


def _outcome(job: Job) -> str:
    if job.state is State.FAILED:
        return f'<p class="rq-reason">{escape(_sentence(job.reason))}</p>'
    if job.shelved:
        return _shelved(job.shelved)
    return _progress(job)


def _progress(job: Job) -> str:
    if job.state is State.WAITING:
        return ""
    amount = f' value="{job.done}" max="{job.total}"' if job.total else ""
    return f'<progress{amount} aria-label="{_STATES[job.state]} {escape(job.name)}"></progress>'


def _shelved(shelved: Shelved) -> str:
    title = f"<cite><bdi>{escape(shelved.title)}</bdi></cite>"
    if shelved.verb == "removed":
        return ""
    if shelved.verb == "present":
        return (
            f'<p class="rq-outcome">The same words are already here as {title}'
            f" (<bdi>{escape(shelved.source)}</bdi>); nothing was added.</p>"
        )
    facts = _facts(shelved.pages, shelved.pages_read, shelved.passages)
    return (
        f'<p class="rq-outcome">{title} · {facts}</p>'
        f"{_notices(shelved.notices)}{_namesakes(shelved.namesakes)}"
    )


def _namesakes(titles: Sequence[str]) -> str:
    if not titles:
        return ""
    named = ", ".join(f"<cite><bdi>{escape(title)}</bdi></cite>" for title in titles)
    return (
        f'<p class="rq-reason">Another file of this name is here too: {named}. Both are searched;'
        " remove the older one below if this replaces it.</p>"
    )


def _report(summary: ReportSummary, *, read_only: bool) -> str:
    title = escape(summary.title)
    address = f"./reports/{escape(summary.id)}"
    remove = (
        ""
        if read_only
        else f'<button type="button" class="rq-remove" data-remove="{escape(summary.id)}"'
        f' data-title="{title}" aria-label="Remove {title}">Remove</button>'
    )
    notices = tuple((notice.page, notice.message) for notice in summary.notices)
    return (
        f'<li class="rq-report" data-report="{escape(summary.id)}"><div>'
        f'<h3><a href="{address}"><bdi>{title}</bdi></a></h3>'
        f'<p class="rq-facts"><span class="rq-file"><bdi>{escape(summary.source)}</bdi></span> · '
        f"{_facts(summary.pages, summary.pages_read, summary.passages)}</p>"
        f"{_notices(notices)}</div>{remove}</li>"
    )


def _facts(pages: int, read: int, passages: int) -> str:
    amount = _count(passages, "passage")
    if not pages:
        return amount
    some = f"{read:,} of {_count(pages, 'page')} read" if read < pages else _count(pages, "page")
    return f"{some} · {amount}"


def _notices(notices: Sequence[tuple[int | None, str]]) -> str:
    if not notices:
        return ""
    items = "".join(f"<li>{_notice(page, words)}</li>" for page, words in notices)
    if len(notices) <= _MOST_NOTICES:
        return f'<ul class="rq-unread">{items}</ul>'
    return (
        f'<details class="rq-unread"><summary>{len(notices):,} things could not be read</summary>'
        f"<ul>{items}</ul></details>"
    )


def _notice(page: int | None, words: str) -> str:
    place = "" if page is None else f"Page {page}: "
    return f"{place}<bdi>{escape(words)}</bdi>"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].rstrip(".") + "."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
