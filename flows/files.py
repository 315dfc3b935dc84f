"""Files of evidence in words: how many on a card, one by one in the details."""

from flows.case_view import CaseView, FileView
from flows.file_kinds import FileKind
from flows.phrases import Own, Phrase, say
from flows.presses import Press, Verb
from flows.screens import Button, LinkLine

_KILOBYTE, _MEGABYTE = 1024, 1024 * 1024


def file_name(number: int, kind: FileKind) -> Phrase:
    """What a file is called here, by its number from 0. Its own name was never read."""
    return say(f"file.name.{kind.value}", number=number + 1)


def file_note(file: FileView) -> Phrase:
    """How large it is, and what whoever opens it should know."""
    size = size_of(file.size)
    return say("file.note.shown" if file.shown else "file.note.original", size=size)


def size_of(size: int) -> Phrase:
    """A size as people read it."""
    small = f"{max(1, size // _KILOBYTE)} KB"
    text = small if size < _MEGABYTE else f"{size / _MEGABYTE:.1f} MB"
    return Own(ja=text, en=text)


def open_button(view: CaseView, number: int) -> Button:
    """Asks for a link to one file."""
    press = Press(verb=Verb.OPEN_FILE, subject=view.id, detail=str(number))
    return Button(label=say("file.open"), press=press)


def link_line(web: str, path: str, language: str) -> tuple[LinkLine, ...]:
    """The link that a press has just made, for the one who pressed; nothing without one."""
    if not path:
        return ()
    label = say("file.link.see" if path.startswith("/see/") else "file.link.add")
    return (LinkLine(label=label, url=f"{web}{path}?lang={language}"),)


def add_button(view: CaseView) -> Button:
    """The reporter adds photos, sound or PDF."""
    return Button(label=say("file.add"), press=Press(verb=Verb.ADD_FILES, subject=view.id))
