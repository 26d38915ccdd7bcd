"""A report becomes passages: whole sentences, inside one section, sized for the encoder."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from ingest.passage import Passage, PassageSettings
from ingest.report import PATH_SEPARATOR, Block, BlockKind, Report, Section
from ingest.sentences import split_sentences
from ingest.span import Span
from ingest.tokens import Tokenizer

# An encoder reads a word of a thousand letters as one unknown token: counted by tokens alone,
# a passage could grow without end. English has four or five characters to a token.
_MOST_CHARACTERS = 2000
_CHARACTERS_PER_TOKEN = 16
# Tokens kept free for what the encoder's side puts between context and passage.
_SEPARATOR_TOKENS = 2
_CONTEXT_SHARE = 4
_RUNS = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW})
_WITH_LEAD_IN = _RUNS | {BlockKind.CAPTION}


def build_passages(
    report: Report, tokenizer: Tokenizer, settings: PassageSettings
) -> tuple[Passage, ...]:
    """Cut a report into passages.

    Every word outside headings lies in a passage. Headings are context and no passage, unless
    the report holds nothing else. A sentence that the encoder cannot take at once is cut into
    windows at word boundaries.

    With method "paragraph", `context`, a line end and the passage's words together have at
    most `tokenizer.limit` tokens; with "section", a passage is as long as its section.
    """
    bodies = [block for block in report.blocks if block.kind is not BlockKind.HEADING]
    passages: list[Passage] = []
    for number, blocks in groupby(bodies or report.blocks, key=lambda block: block.section):
        section = report.sections[number]
        context = _fit_context(report, section, tokenizer)
        room = tokenizer.limit - len(tokenizer.tokenize(context)) - _SEPARATOR_TOKENS
        cutter = _Cutter(report.text, tokenizer, settings, max(room, 1))
        passages += (
            Passage(Span(group[0].start, group[-1].end), number, tuple(group), context)
            for group in cutter.cut(list(blocks))
        )
    return tuple(passages)


def _fit_context(report: Report, section: Section, tokenizer: Tokenizer) -> str:
    """Return title and section path, without the outer ones where they take too many tokens."""
    budget = tokenizer.limit // _CONTEXT_SHARE
    names = [report.title, *section.path]
    while len(names) > 1:
        context = PATH_SEPARATOR.join(names)
        if len(tokenizer.tokenize(context)) <= budget:
            return context
        del names[0]
    tokens = tokenizer.tokenize(names[0])
    end = tokens[budget - 1].end if 0 < budget < len(tokens) else len(names[0])
    return names[0][: min(end, _MOST_CHARACTERS)] if budget else ""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence or a window of one; its weight is its tokens, or more if they are long."""

    span: Span
    weight: int


def _weigh(tokens: int, characters: int) -> int:
    return max(tokens, ceil(characters / _CHARACTERS_PER_TOKEN))


def _total(sentences: Sequence[_Sentence]) -> int:
    return sum(sentence.weight for sentence in sentences)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A block with its sentences."""

    kind: BlockKind
    sentences: list[_Sentence]
    weight: int


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Cuts the blocks of one section into groups of sentences.

    Attributes:
        room: tokens that the encoder has for a passage beside its context.
    """

    text: str
    tokenizer: Tokenizer
    settings: PassageSettings
    room: int

    @property
    def size(self) -> int:
        return min(self.settings.size, self.room)

    def cut(self, blocks: Sequence[Block]) -> Iterator[list[Span]]:
        measured = list(self._join_labels(blocks))
        groups: Iterable[list[_Sentence]] = (
            [[sentence for block in measured for sentence in block.sentences]]
            if self.settings.method == "section"
            else self._pack(measured)
        )
        for group in groups:
            if group:
                yield [sentence.span for sentence in group]

    def _join_labels(self, blocks: Sequence[Block]) -> Iterator[_Measured]:
        """Yield the blocks; one that is but a label, "Recommendation 3", opens the one below."""
        label: _Measured | None = None
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            measured = self._measure(block)
            if label is not None:
                measured = self._open(label, measured)
            leads = following is not None and following.kind is BlockKind.PARAGRAPH
            label = measured if leads and label is None and self._is_label(block) else None
            if label is None:
                yield measured

    def _is_label(self, block: Block) -> bool:
        words = block.span.of(self.text).strip().rstrip(".:")
        return block.kind is BlockKind.PARAGRAPH and words == block.label

    def _open(self, label: _Measured, block: _Measured) -> _Measured:
        first, *rest = block.sentences
        weight = label.weight + first.weight
        joined = [_Sentence(Span(label.sentences[0].span.start, first.span.end), weight)]
        if weight > self.room or len(joined[0].span) > _MOST_CHARACTERS:
            joined = [*label.sentences, first]
        return _Measured(block.kind, [*joined, *rest], label.weight + block.weight)

    def _measure(self, block: Block) -> _Measured:
        start = block.span.start
        words = block.span.of(self.text)
        starts = [token.start + start for token in self.tokenizer.tokenize(words)]
        whole = block.kind is BlockKind.TABLE_ROW
        spans = [Span(0, len(words))] if whole else split_sentences(words)
        sentences: list[_Sentence] = []
        for span in spans:
            sentences += self._fit(span.shift(start), starts)
        return _Measured(block.kind, sentences, _total(sentences))

    def _fit(self, span: Span, starts: Sequence[int]) -> Iterator[_Sentence]:
        """Yield the sentence, or windows of it where the encoder cannot take it at once."""
        tokens = bisect_left(starts, span.end) - bisect_left(starts, span.start)
        if tokens <= self.room and len(span) <= _MOST_CHARACTERS:
            yield _Sentence(span, _weigh(tokens, len(span)))
            return
        start = span.start
        while start < span.end:
            window, tokens = self._window(start, span.end, starts)
            yield _Sentence(window, _weigh(tokens, len(window)))
            start = window.end
            while start < span.end and self.text[start].isspace():
                start += 1

    def _window(self, start: int, last: int, starts: Sequence[int]) -> tuple[Span, int]:
        """Return the longest window from `start` that fits, and its tokens."""
        beyond = bisect_left(starts, start) + self.room
        end = min(last, start + _MOST_CHARACTERS, *starts[beyond : beyond + 1])
        end = self._retreat(start, max(end, start + 1), last)
        # Part of a word can have more tokens than its share in the whole word.
        while (tokens := self._count(start, end)) > self.room and end - start > 1:
            end = self._retreat(start, start + (end - start) // 2, last)
        return Span(start, end), tokens

    def _retreat(self, start: int, end: int, last: int) -> int:
        """Return the end of the last whole word before `end`, or `end` within a first word."""
        if end == last or self.text[end].isspace():
            return end
        space = max(self.text.rfind(" ", start, end), self.text.rfind("\n", start, end))
        return space if space > start else end

    def _count(self, start: int, end: int) -> int:
        return len(self.tokenizer.tokenize(self.text[start:end]))

    def _pack(self, blocks: Sequence[_Measured]) -> Iterator[list[_Sentence]]:
        """Yield whole blocks together as they fit, and the pieces of those too large."""
        held: list[_Sentence] = []
        for group in _lead_in_groups(blocks):
            for needed, block in self._with_needs(group):
                if held and _total(held) + needed > self.size:
                    yield held
                    held = []
                if block.weight > self.size or block.kind is BlockKind.FOOTNOTE:
                    yield held
                    yield from self._split(block.sentences)
                    held = []
                else:
                    held = held + block.sentences
        yield held

    def _with_needs(self, group: Sequence[_Measured]) -> Iterator[tuple[int, _Measured]]:
        """Yield each block with the weight that should find room when it is added.

        A lead-in looks ahead: to its whole list where that fits a passage, else to the first
        item.
        """
        lead, *items = group
        ahead = [sum(block.weight for block in group), sum(b.weight for b in group[:2])]
        yield next((need for need in ahead if need <= self.size), lead.weight), lead
        yield from ((item.weight, item) for item in items)

    def _split(self, sentences: Sequence[_Sentence]) -> list[list[_Sentence]]:
        """Return as few pieces as `size` allows, as even as possible."""
        best = self._fill(sentences, self.size)
        low, high = 1, self.size
        while low < high:
            middle = (low + high) // 2
            pieces = self._fill(sentences, middle)
            if len(pieces) <= len(best):
                best, high = pieces, middle
            else:
                low = middle + 1
        return best

    def _fill(self, sentences: Sequence[_Sentence], capacity: int) -> list[list[_Sentence]]:
        """Return pieces filled up to `capacity` in turn; a heavier sentence stands alone."""
        pieces: list[list[_Sentence]] = []
        piece: list[_Sentence] = []
        weight = 0
        for sentence in sentences:
            if piece and weight + sentence.weight > capacity:
                pieces.append(piece)
                piece = self._repeat(piece, capacity - sentence.weight)
                weight = _total(piece)
            piece.append(sentence)
            weight += sentence.weight
        return [*pieces, piece]

    def _repeat(self, piece: Sequence[_Sentence], capacity: int) -> list[_Sentence]:
        """Return the last sentences of a piece that fit before the next; all of it never do."""
        count = 0
        for sentence in reversed(piece):
            capacity -= sentence.weight
            if count == self.settings.overlap or capacity < 0:
                break
            count += 1
        return list(piece[len(piece) - count :])


def _lead_in_groups(blocks: Sequence[_Measured]) -> Iterator[list[_Measured]]:
    """Yield each paragraph with the list items, table rows or captions that follow it.

    A caption above a table leads it itself.
    """
    group: list[_Measured] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        heads_table = block.kind is BlockKind.CAPTION and following and following.kind in _RUNS
        if group and (heads_table or block.kind not in _WITH_LEAD_IN):
            yield group
            group = []
        group.append(block)
    if group:
        yield group
