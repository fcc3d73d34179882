import io

from warehouse.sources.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_redraws_itself_and_leaves_nothing_behind():
    terminal = Terminal()
    progress = Progress(terminal)
    progress.step("reading a long name", 0.5)
    progress.step("done", 1.0)
    half = f"[{'#' * 15}{'-' * 15}]  50% reading a long name"
    full = f"[{'#' * 30}] 100% done"
    assert terminal.getvalue() == f"\r{half}\r{full.ljust(len(half))}\n"


def test_elsewhere_each_step_is_one_line():
    stream = io.StringIO()
    progress = Progress(stream)
    for step, fraction in (("reading", 0.1), ("reading", 0.2), ("writing", 0.9)):
        progress.step(step, fraction)
    progress.close()
    assert stream.getvalue() == "reading\nwriting\n"
