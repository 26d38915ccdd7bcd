"""The command `reportqa`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.sharing_console import users_app
from eval.command import eval_app
from index.folder import IndexFolder
from index.question import check_question
from index.settings import Settings, default_index_dir
from ingest.errors import ReadError, ReportQAError, SettingError

if TYPE_CHECKING:
    from index.search import Index


cli = typer.Typer(
    help="Ask long reports a question; get the exact passages that answer it, with citations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class CitationStyle(StrEnum):
    """How a citation is written."""

    TEXT = "text"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


class Method(StrEnum):
    """How reports are cut into passages."""

    PARAGRAPH = "paragraph"
    SECTION = "section"


IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index",
        envvar="REPORTQA_INDEX",
        metavar="DIR",
        help="The index folder; without it, one in your user data folder.",
        show_default=False,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        envvar="REPORTQA_MODEL",
        metavar="MODEL",
        help="A sentence-transformers model: a folder, or a name in this machine's cache. "
        "Without it, the model that the index was built with, at first all-MiniLM-L6-v2.",
        show_default=False,
    ),
]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        metavar="MODEL",
        help="A cross-encoder that reads the best passages again: slower, loads torch. "
        "A folder, or a name in this machine's cache.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON; 'reportqa schema' describes it.")
]


def main() -> None:
    """Run the command line: the entry point of `reportqa`, and where errors become one line."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        cli(prog_name="reportqa")
    except ReportQAError as error:
        _complain(str(error))
        sys.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"reportqa {version('reportqa')}")
        raise typer.Exit


@cli.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    return


@cli.command()
def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH…", help="Files, or folders to search.", show_default=False),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Add the report that comes with ReportQA.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Also cut and embed again what is there already.")
    ] = False,
    size: Annotated[
        int | None,
        typer.Option(min=16, max=4096, help="Tokens in a passage, at most; at first 128."),
    ] = None,
    overlap: Annotated[
        int | None,
        typer.Option(min=0, max=8, help="Sentences repeated where a paragraph is cut; at first 0."),
    ] = None,
    method: Annotated[
        Method | None,
        typer.Option(help="Passages of whole paragraphs, or whole sections; at first paragraph."),
    ] = None,
    max_mb: Annotated[int, typer.Option("--max-mb", min=1, help="Refuse larger files.")] = 64,
    password: Annotated[
        str | None, typer.Option(help="Opens encrypted files.", show_default=False)
    ] = None,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Read scanned pages with Tesseract, where installed.")
    ] = False,
    model: ModelOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read reports and add them to the index."""
    from app.ingestion import Ingestion, print_ingestion, run_ingestion
    from ingest.source import MEBIBYTE, ReadOptions

    folder = _folder(index)
    settings = _settings(folder, model)
    passages = settings.passages
    settings = replace(
        settings,
        passages=replace(
            passages,
            size=passages.size if size is None else size,
            overlap=passages.overlap if overlap is None else overlap,
            method=passages.method if method is None else method.value,
        ),
    )
    ingestion = Ingestion(
        paths=tuple(paths or ()),
        sample=sample,
        rebuild=rebuild,
        reading=ReadOptions(max_bytes=max_mb * MEBIBYTE, password=password, ocr=ocr),
    )
    outcome = run_ingestion(folder, ingestion, settings)
    print_ingestion(folder, outcome, as_json=as_json)
    if outcome.failures:
        raise typer.Exit(1)


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", show_default=False)] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            "-f",
            help="Ask each line of a file; '-' is the standard input.",
            show_default=False,
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="REPORT", help="Search only this one; repeatable."),
    ] = None,
    section: Annotated[
        str, typer.Option(help='Search only this section: "2. Summary › Leadership".')
    ] = "",
    each: Annotated[
        bool, typer.Option("--each", help="The best passage of each report by itself.")
    ] = False,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question, or each line of a file; with --json, one line of JSON for each."""
    from app.console import print_answer, print_each, standard_output
    from app.offering import Where, each_to_json, find_scope
    from app.payload import answer_to_json

    questions = _questions(question, file)
    indent, console = None if file else 2, standard_output()
    with _opened(index, model, reranker) as opened:
        scope = find_scope(opened.reports(), Where(tuple(report or ()), section))
        for asked in questions:
            if each:
                answers = opened.ask_each(asked, scope)
                if as_json:
                    _print_json(each_to_json(asked, answers, opened.reports()), indent)
                else:
                    print_each(console, asked, answers, opened.reports())
                continue
            answer = opened.ask(asked, k, scope)
            if as_json:
                _print_json(answer_to_json(answer), indent)
            else:
                print_answer(console, answer)


@cli.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others can reach any but 127.0.0.1.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser window.")
    ] = True,
    users: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Let in only who is in this file; 'reportqa users add' writes it.",
            show_default=False,
        ),
    ] = None,
    root_path: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            help="Where a reverse proxy shows it, such as /reportqa.",
            show_default=False,
        ),
    ] = "",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A host name that it may be asked by; repeatable.",
            show_default=False,
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Take no reports, removals or judgements.")
    ] = False,
    max_mb: Annotated[int, typer.Option("--max-mb", min=1, help="Refuse larger files.")] = 64,
    queue: Annotated[
        int, typer.Option(min=1, help="How many slow requests may wait; more are refused.")
    ] = 100,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve the MCP tools at /mcp too.")] = False,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    index: IndexOption = None,
) -> None:
    """Open the interface in a browser: on this machine only, unless told otherwise."""
    from app import web
    from app.served_index import ServedIndex
    from app.service import Service
    from index.encoder import load_encoder
    from ingest.source import MEBIBYTE, ReadOptions

    wanted = web.WebSettings(
        host=host,
        port=port,
        open_browser=browser,
        users=users,
        root_path=root_path,
        allowed_hosts=tuple(allow_host or ()),
        queue=queue,
        mcp=mcp,
    )
    folder = _folder(index)
    if not folder.exists():
        _index_sample(folder)
    settings = replace(_settings(folder, model), reranker=reranker)
    with ServedIndex(folder, settings, load_encoder(settings)) as opened:
        reading = ReadOptions(max_bytes=max_mb * MEBIBYTE)
        web.serve(Service(opened, folder, settings, read_only, reading), wanted)


@cli.command()
def mcp(model: ModelOption = None, index: IndexOption = None) -> None:
    """Answer a language model's tool calls (MCP) on the standard input and output."""
    from app.mcp_server import build_server
    from app.service import Service

    folder = _folder(index)
    with _opened(index, model) as opened:
        build_server(Service(opened, folder, _settings(folder, model), read_only=True)).run("stdio")


@cli.command(name="list")
def list_reports(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """List the reports in the index, and what of them could not be read."""
    from app.console import print_reports, standard_output
    from app.payload import reports_to_json
    from index.library import list_summaries

    folder = _folder(index)
    summaries = list_summaries(folder)
    if as_json:
        _print_json(reports_to_json(str(folder.path), summaries))
    else:
        print_reports(standard_output(), summaries)


@cli.command()
def show(
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="Its id or the start of it, title or file name.")
    ],
    text: Annotated[
        bool, typer.Option("--text", help="Print the canonical text, which quotations refer to.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            help='Print the part that bears this label, such as "Recommendation 3" or "4.12".',
            show_default=False,
        ),
    ] = None,
    mark: Annotated[
        str | None,
        typer.Option(
            metavar="START:END",
            help="Print these code points of the canonical text; with --png, box them.",
            show_default=False,
        ),
    ] = None,
    cite: Annotated[
        CitationStyle | None,
        typer.Option(help="Print a citation of the report or the part.", show_default=False),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw a page of a PDF into this file.", show_default=False
        ),
    ] = None,
    page: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The physical page to draw; else where --at or --mark begins.",
            show_default=False,
        ),
    ] = None,
    password: Annotated[
        str | None, typer.Option(help="Opens an encrypted PDF for --png.", show_default=False)
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a report: what is known of it and its outline, its text, one part, or a page."""
    from app.console import print_part, print_report, standard_output
    from app.payload import part_to_json, report_to_json
    from app.showing import Picture, find_place, write_citation, write_picture
    from index.library import read_stored

    folder = _folder(index)
    found = read_stored(folder, report)
    part = find_place(found, label=at, mark=mark)
    if png is not None:
        write_picture(folder, found, part, Picture(png, page, password))
    elif cite is not None:
        typer.echo(write_citation(found, part, cite.value))
    elif part is not None:
        if as_json:
            _print_json(part_to_json(found, part))
        else:
            print_part(standard_output(), found, part)
    elif text:
        typer.echo(found.text)
    elif as_json:
        _print_json(report_to_json(found))
    else:
        print_report(standard_output(), found)


@cli.command()
def verify(
    quote: Annotated[
        str | None,
        typer.Argument(
            metavar="QUOTE|PACK",
            help="The words to look for, or an evidence pack to check again "
            "(.json, .docx, .md or .csv).",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            "-f",
            help="Check each line of a file; '-' is the standard input.",
            show_default=False,
        ),
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option(
            "--document",
            "-d",
            help="Check what a document quotes (Markdown, text, HTML, DOCX or PDF): each block "
            "quotation and each passage of four words or more in quotation marks.",
            show_default=False,
        ),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check whether quotations stand in the reports, and where; say what differs.

    The exit status is 0 where all of them do: word for word, or but for white space, quotation
    marks, dashes, capitals and closing punctuation, or but for "…" and "[words]" that mark what
    was left out or put in. It is 1 where one of them differs in words or is in none of the
    reports.

    A pack that 'reportqa pack' or the interface wrote is checked against the same reports or
    newer ones: each passage is unchanged, moved, differs or gone; the last two make it 1.
    """
    from app.console import standard_output
    from app.verify_console import print_checked
    from app.verifying import Asked, check_claims, checked_to_json, count_wrong, read_claims

    if quote is not None and file is None and document is None and _is_pack(quote):
        _verify_pack(_folder(index), Path(quote), as_json=as_json)
        return
    checked = check_claims(_folder(index), read_claims(Asked(quote, file, document)))
    if as_json:
        _print_json(checked_to_json(checked))
    else:
        print_checked(standard_output(), checked)
    if count_wrong(checked):
        raise typer.Exit(1)


@cli.command()
def pack(
    questions: Annotated[
        list[str], typer.Argument(metavar="QUESTION…", help="Their best passages are packed.")
    ],
    to: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Ends in .docx, .md, .csv, .json, .bib or .csl.json."),
    ],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Passages for each question.")] = 3,
    model: ModelOption = None,
    index: IndexOption = None,
) -> None:
    """Write an evidence pack: passages word for word, with all that is needed to check them."""
    from app.packing import Wanted
    from app.packs import find_format, write_pack

    suffix = find_format(to.name)
    asked = [check_question(question) for question in questions]
    with _opened(index, model) as opened:
        wanted = [
            Wanted(one, hit.report, hit.quote.span)
            for one in asked
            for hit in opened.ask(one, k).hits
        ]
        written = write_pack(_folder(index), opened, wanted, suffix)
    try:
        to.write_bytes(written.content)
    except OSError as error:
        raise SettingError(f"{to}: cannot be written ({error.strerror})") from error
    typer.echo(f"{to}: {len(wanted)} passages")


@cli.command()
def judgements(
    import_file: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="Add another file's.", show_default=False),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them to a file.", show_default=False),
    ] = None,
    index: IndexOption = None,
) -> None:
    """Print, export or import what people judged: a question set for 'reportqa eval'."""
    from app.judging import JudgementFile

    folder = _folder(index)
    folder.current()
    kept = JudgementFile(folder.path)
    if import_file is not None:
        merged = kept.merge(import_file)
        typer.echo(f"{merged.added} new, {merged.replaced} replaced, {merged.known} known")
    if export is not None:
        try:
            export.write_text(kept.export(), encoding="utf-8")
        except OSError as error:
            raise SettingError(f"{export}: cannot be written ({error.strerror})") from error
    elif import_file is None:
        typer.echo(kept.export(), nl=False)


@cli.command()
def remove(
    reports: Annotated[
        list[str],
        typer.Argument(metavar="REPORT…", help="Ids or the starts of them, titles or file names."),
    ],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove reports from the index, with everything made from them."""
    from app.ingestion import run_removal
    from app.payload import SCHEMA_VERSION, summary_to_json

    folder = _folder(index)
    removed = run_removal(folder, reports, _settings(folder, None))
    if as_json:
        gone = [summary_to_json(summary) for summary in removed]
        _print_json({"schema": SCHEMA_VERSION, "index": str(folder.path), "removed": gone})
    else:
        for summary in removed:
            typer.echo(f"removed {summary.title} ({summary.source})")


@cli.command()
def schema(
    name: Annotated[
        str, typer.Argument(help="ask, ask-each, ingest, list, pack, part, remove, show or verify.")
    ] = "ask",
) -> None:
    """Print the JSON Schema of a command's --json output."""
    from app.payload import load_schema

    _print_json(load_schema(name))


cli.add_typer(eval_app, name="eval")
cli.add_typer(users_app, name="users")


def _folder(index: Path | None) -> IndexFolder:
    return IndexFolder(index if index is not None else default_index_dir())


def _settings(folder: IndexFolder, model: str | None) -> Settings:
    """Return what the index was built with, or the defaults; `model` overrides either."""
    settings = Settings()
    if folder.exists():
        made = folder.manifest()
        settings = Settings(model=made.model, passages=made.passages)
    return settings if model is None else replace(settings, model=model)


@contextmanager
def _opened(index: Path | None, model: str | None, reranker: str | None = None) -> Iterator[Index]:
    """Open the index; where nobody has made the default one yet, make it of the sample."""
    from index import open_index

    folder = _folder(index)
    if index is None and not folder.exists():
        _index_sample(folder)
    settings = replace(_settings(folder, model), reranker=reranker)
    opened = open_index(folder.path, settings)
    try:
        yield opened
    finally:
        opened.close()


def _index_sample(folder: IndexFolder) -> None:
    from app.ingestion import Ingestion, run_ingestion

    _say(f"No index yet: indexing the sample report into {folder.path}, once.")
    run_ingestion(folder, Ingestion(sample=True), Settings())


def _questions(question: str | None, file: Path | None) -> list[str]:
    if (question is None) == (file is None):
        raise SettingError("ask one question, or name a file of questions with --file")
    if file is None:
        return [check_question(question or "")]
    try:
        lines = _read_lines(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{file}: the questions cannot be read ({error})") from error
    questions = [check_question(line) for line in lines if line.strip()]
    if not questions:
        raise ReadError(f"{file}: there is no question in it")
    return questions


def _read_lines(file: Path) -> list[str]:
    if str(file) == "-":
        return sys.stdin.read().splitlines()
    return file.read_text("utf-8-sig").splitlines()


def _is_pack(quote: str) -> bool:
    """Tell whether what was given is the name of a file that can be a pack."""
    from app.pack_check import SUFFIXES

    try:
        return quote.casefold().endswith(SUFFIXES) and Path(quote).is_file()
    except (OSError, ValueError):  # too long for a name, or with a NUL in it
        return False


def _verify_pack(folder: IndexFolder, path: Path, *, as_json: bool) -> None:
    from app.pack_check import check_items, checked_pack_to_json, read_pack_items
    from app.pack_console import print_checked_pack
    from index.library import StoredReports

    checked = check_items(read_pack_items(path), StoredReports(folder))
    if as_json:
        _print_json(checked_pack_to_json(checked))
    else:
        print_checked_pack(checked)
    if not all(one.state.holds for one in checked):
        raise typer.Exit(1)


def _print_json(document: dict[str, Any], indent: int | None = 2) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=indent))


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _complain(message: str) -> None:
    # A file name may hold anything, escape sequences for the terminal included.
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)
    _say(f"reportqa: {line}")
