"""The bootstrap at the root, run for real in a folder of its own: without the network, with a lock of one package.

The package is a wheel made here; pip is the one that this Python brings along.
"""

import ast
import base64
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).parents[1]
SOURCE = (CHECKOUT / "dutyroom").read_text(encoding="utf-8")
PYTHON = getattr(sys, "_base_executable", sys.executable)
PROGRAM = "import sys, seed\nprint('ran', seed.GROWN, *sys.argv[1:])\n"


def make_wheel(folder: Path, name: str) -> tuple[Path, str]:
    """A wheel with one module, and its sha256."""
    files = {
        f"{name}.py": "GROWN = 'oak'\n",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(text)}")
    files[f"{name}-1.0.dist-info/RECORD"] = "\n".join([*lines, f"{name}-1.0.dist-info/RECORD,,"]) + "\n"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel, hashlib.sha256(wheel.read_bytes()).hexdigest()


def lay_out(folder: Path) -> Path:
    """A checkout with the real bootstrap and a small program behind it."""
    (folder / "requirements").mkdir(parents=True)
    (folder / "src" / "dutyroom").mkdir(parents=True)
    (folder / "wheels").mkdir()
    shutil.copy(CHECKOUT / "dutyroom", folder)
    (folder / "src" / "dutyroom" / "__init__.py").touch()
    (folder / "src" / "dutyroom" / "__main__.py").write_text(PROGRAM)
    locks: dict[str, list[str]] = {"runtime": ["seed"], "dev": ["seed", "spade"]}
    for lock, packages in locks.items():
        lines = [f"{name}==1.0 --hash=sha256:{make_wheel(folder / 'wheels', name)[1]}\n" for name in packages]
        (folder / "requirements" / f"{lock}.txt").write_text("".join(lines))
    return folder


def environment(checkout: Path, **more: str) -> dict[str, str]:
    """Nothing of this machine's pip is heard, and HOME is empty."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    return kept | {
        "HOME": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": (checkout / "wheels").as_uri(),
        "PYTHONIOENCODING": "utf-8",
        **more,
    }


def run(checkout: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, str(checkout / "dutyroom"), *arguments],
        env=environment(checkout, **more),
        cwd=checkout.anchor,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "值班 room")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that was set up once; tests leave it set up."""
    made = lay_out(tmp_path_factory.mktemp("ready") / "值班 room")
    first = run(made, "demo", "--json")
    assert (first.returncode, first.stdout) == (0, "ran oak demo --json\n"), first.stderr
    assert "第一次运行" in first.stderr
    assert "First run" in first.stderr
    return made


def load(checkout: Path) -> ModuleType:
    """The bootstrap as a module, to ask its parts."""
    loader = importlib.machinery.SourceFileLoader("bootstrap", str(checkout / "dutyroom"))
    spec = importlib.util.spec_from_loader("bootstrap", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_old_python_can_read_the_refusal() -> None:
    ast.parse(SOURCE, feature_version=(3, 6))


def test_an_old_python_is_refused_in_both_languages() -> None:
    pretend = f"import sys; sys.version_info = (3, 10, 0); exec({SOURCE!r})"
    done = subprocess.run([PYTHON, "-c", pretend], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "需要 Python 3.11" in done.stderr
    assert "needs Python 3.11" in done.stderr


def test_no_package_index_is_named() -> None:
    files = ["dutyroom", "pyproject.toml", ".ci/run", *(str(each) for each in Path("requirements").iterdir())]
    for file in files:
        text = (CHECKOUT / file).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", text), file


def locked(name: str) -> dict[str, str]:
    text = (CHECKOUT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return dict(line.split("==", 1) for line in text.splitlines() if line.strip())


def test_every_requirement_is_locked_by_hash() -> None:
    for name in ("runtime", "dev"):
        for package, rest in locked(name).items():
            assert "--hash=sha256:" in rest, package


def test_the_developers_lock_contains_the_users() -> None:
    users, developers = locked("runtime"), locked("dev")
    assert {name: developers.get(name) for name in users} == users


def test_the_second_run_installs_nothing_and_says_nothing(ready: Path) -> None:
    again = run(ready, "a b", "", "值班", PIP_FIND_LINKS="", PYTHONPATH="")
    assert (again.stdout, again.stderr) == ("ran oak a b  值班\n", "")


def test_developers_commands_install_the_rest(ready: Path) -> None:
    assert not list((ready / ".venv").rglob("spade.py"))
    assert run(ready, "test").returncode == 0
    assert list((ready / ".venv").rglob("spade.py"))
    assert run(ready, "demo", PIP_FIND_LINKS="").stderr == ""


def test_the_folder_may_be_renamed(ready: Path) -> None:
    moved = ready.rename(ready.with_name("值班室 2"))
    try:
        assert run(moved, "x", PIP_FIND_LINKS="").stdout == "ran oak x\n"
    finally:
        moved.rename(ready)


def test_a_wrong_hash_is_refused(checkout: Path) -> None:
    lock = checkout / "requirements" / "runtime.txt"
    lock.write_text(re.sub("sha256:.{8}", "sha256:00000000", lock.read_text()))
    refused = run(checkout)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "软件包安装失败" in refused.stderr
    assert not list((checkout / ".venv").rglob("seed.py"))
    assert not load(checkout).is_ready(False)


def test_an_interrupted_installation_is_made_anew(ready: Path) -> None:
    """Killed while pip was writing: the mark stands, and a package that only looks installed must not stay."""
    (ready / ".venv" / "dutyroom-begun").touch()
    next((ready / ".venv").rglob("seed.py")).unlink()
    done = run(ready, "x")
    assert (done.returncode, done.stdout) == (0, "ran oak x\n"), done.stderr


def test_an_environment_of_a_python_that_is_gone_does_not_count(ready: Path) -> None:
    module = load(ready)
    assert module.is_ready(False)
    stamp = ready / ".venv" / "dutyroom.json"
    written = stamp.read_text()
    stamp.write_text(json.dumps({**json.loads(written), "python": "/nowhere/python3.11"}))
    assert not module.is_ready(False)
    stamp.write_text(written)


def test_a_changed_lock_counts_as_not_installed(ready: Path) -> None:
    lock = ready / "requirements" / "runtime.txt"
    written = lock.read_text()
    lock.write_text(written + "# changed\n")
    (ready / "requirements" / "dev.txt").write_text("# changed too\n")
    assert not load(ready).is_ready(False)
    lock.write_text(written)
    assert load(ready).is_ready(False)


def test_first_runs_at_once_install_once(checkout: Path) -> None:
    found: list[subprocess.CompletedProcess[str]] = []
    callers = [threading.Thread(target=lambda: found.append(run(checkout))) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert [each.stdout for each in found] == ["ran oak\n"] * 3
    assert sum("First run" in each.stderr for each in found) == 1


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A package index on loopback that has this Python's own wheel of pip."""
    import ensurepip

    bundled = Path(ensurepip.__file__).parent / "_bundled"
    wheel = next(iter(bundled.glob("pip-*.whl")), None)
    if wheel is None:
        pytest.skip("this Python brings no wheel of pip")
    page = tmp_path / "index" / "simple" / "pip"
    page.mkdir(parents=True)
    shutil.copy(wheel, tmp_path / "index")
    (page / "index.html").write_text(f'<a href="../../{wheel.name}#sha256=00">{wheel.name}</a>')
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "index"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple", wheel
    server.shutdown()
    server.server_close()


def without_ensurepip(checkout: Path, wheel: Path) -> None:
    """The bootstrap as it meets a Python without ensurepip, pinning the wheel that the test's index has."""
    text = SOURCE.replace('"-m", "ensurepip"', '"-m", "ensurepip_is_not_here"')
    text = re.sub('PIP_WHEEL = ".*"', f'PIP_WHEEL = "{wheel.name}"', text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    text = re.sub('PIP_SHA256 = ".*"', f'PIP_SHA256 = "{digest}"', text)
    assert text != SOURCE
    (checkout / "dutyroom").write_text(text, encoding="utf-8")


def test_without_ensurepip_pip_comes_from_the_configured_index(
    checkout: Path, index: tuple[str, Path]
) -> None:
    without_ensurepip(checkout, index[1])
    done = run(checkout, PIP_INDEX_URL=index[0], NO_PROXY="127.0.0.1")
    assert (done.returncode, done.stdout) == (0, "ran oak\n"), done.stderr


def test_pips_own_files_are_read(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip's order: its files, the named one last, then the environment."""
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nindex_url = user\ncert = user.pem\nproxy = user-proxy\n[list]\ncert = other.pem\n"
    )
    (tmp_path / "named.conf").write_text("[install]\nindex-url = named\nproxy = named-proxy\n")
    for name in [each for each in os.environ if each.startswith(("PIP_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "named.conf"))
    monkeypatch.setenv("PIP_PROXY", "told")
    settings = load(checkout).pip_settings()
    assert (settings["index-url"], settings["cert"], settings["proxy"]) == ("named", "user.pem", "told")


def test_a_pip_that_is_not_the_pinned_one_is_refused(checkout: Path, index: tuple[str, Path]) -> None:
    without_ensurepip(checkout, index[1])
    text = (checkout / "dutyroom").read_text(encoding="utf-8")
    altered = re.sub('PIP_SHA256 = "........', 'PIP_SHA256 = "00000000', text)
    (checkout / "dutyroom").write_text(altered, encoding="utf-8")
    done = run(checkout, PIP_INDEX_URL=index[0], NO_PROXY="127.0.0.1", PATH="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "校验和不符" in done.stderr
    assert "python3-venv" in done.stderr


def test_proxies_and_passwords_of_an_index_are_heard(checkout: Path, index: tuple[str, Path]) -> None:
    """A proxy is used, and a password in the address goes into a header, not to the name server."""
    module = load(checkout)
    seen: list[tuple[str, str | None]] = []

    class Proxy(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"page")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        settings = {"proxy": f"http://127.0.0.1:{proxy.server_port}"}
        assert module.fetch("http://me:p%40ss@index.invalid/simple/pip/", settings) == b"page"
        proxy.shutdown()
    assert seen == [("http://index.invalid/simple/pip/", "Basic " + base64.b64encode(b"me:p@ss").decode())]
