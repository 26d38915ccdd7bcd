"""Every error that ReportQA raises on purpose.

One tree, in the lowest layer, so that each layer raises from it and the interfaces
catch one class. A message is one sentence or two for the person who asked: it names
the file, page or setting, and says what to do.
"""


class ReportQAError(Exception):
    """Base of all errors that are shown to the user as one line."""


class SettingError(ReportQAError):
    """A setting or an option has a value that cannot be used."""


class QuestionError(ReportQAError):
    """The question is empty or too long to be one."""


class QuotationError(ReportQAError):
    """A quotation holds no word, or is too long to be checked."""


class ReadError(ReportQAError):
    """A file or folder could not be read as a report."""


class UnsupportedFormatError(ReadError):
    """No reader is registered for what the file holds."""


class EmptyReportError(ReadError):
    """The file was read and holds no text."""


class TooLargeError(ReadError):
    """The file is larger than the limit in the settings."""


class LockedFileError(ReadError):
    """The file is encrypted, and the password given, if any, does not open it."""


class ChangedFileError(ReadError):
    """The file is no longer the one that the report was read from."""


class EncoderError(ReportQAError):
    """The embedding model could not be loaded, or is not what it claims to be."""


class IndexStoreError(ReportQAError):
    """The index folder could not be read or written."""


class IndexMissingError(IndexStoreError):
    """There is no index at that place yet."""


class IndexCorruptError(IndexStoreError):
    """Files of the index are missing or damaged."""


class IndexBusyError(IndexStoreError):
    """Another process is writing to the index."""


class ModelMismatchError(IndexStoreError):
    """The index was built with another encoder than the one in the settings."""


class ReportNotFoundError(ReportQAError):
    """No report of the index goes by that id, title or file name."""


class ConflictError(ReportQAError):
    """Several reports go by that name; a longer one is needed."""


class QuestionSetError(ReportQAError):
    """A question set, a judged collection or a saved run cannot be used as it is."""


class EvaluationError(ReportQAError):
    """An evaluation has nothing to measure, or failed before it was whole."""
