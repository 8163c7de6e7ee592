"""The pins follow pyproject.toml, and no file says where a package was fetched from."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Put together here, so that this file does not hold what it looks for.
DOT = "."
REGISTRIES = [
    DOT.join(["pypi", "org"]),
    DOT.join(["pythonhosted", "org"]),
    DOT.join(["registry", "npmjs", "org"]),
    DOT.join(["registry", "yarnpkg", "com"]),
    DOT.join(["deb", "debian", "org"]),
    "--index" + "-url",
]
# A folder of the review itself is no address.
ELSEWHERE = re.compile("--find" + r"-links(?! vendor\b)[ =]+\S*[/.:]")
MACHINE_PATHS = re.compile(
    r"(?<![\w.~:/-])/(?:"
    + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"])
    + r")/[\w.]"
)


def declared(root: Path, *groups: str) -> list[Requirement]:
    declared = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    texts = list(declared["project"]["dependencies"])
    for group in groups:
        texts += declared["dependency-groups"][group]
    return [Requirement(text) for text in texts]


def pinned(path: Path) -> dict[str, Requirement]:
    lines = [line.split(" #")[0].strip() for line in path.read_text("utf-8").splitlines()]
    texts = [line for line in lines if line and not line.startswith(("#", "-"))]
    requirements = [Requirement(text) for text in texts]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.txt", ()), ("requirements-dev.txt", ("dev",))]
)
def test_every_direct_dependency_is_pinned_within_its_bounds(
    root: Path, name: str, groups: tuple[str, ...]
) -> None:
    pins = pinned(root / name)
    for requirement in declared(root, *groups):
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{name} does not pin {requirement.name}; run `make requirements`"
        version = str(pin.specifier).removeprefix("==")
        assert version in requirement.specifier, f"{name}: {pin} is not {requirement}"


def test_without_a_network_the_pins_stay_as_they_are(root: Path, tmp_path: Path) -> None:
    """Only the line that installs the book itself was lost, and no book was built any more."""
    names = ["requirements.txt", "requirements-dev.txt", "pyproject.toml"]
    for name in (*names, "scripts/pin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(root / name, tmp_path / name)
    uv = tmp_path / ".venv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text("#!/bin/sh\necho no network >&2\nexit 2\n", "utf-8")
    uv.chmod(0o755)
    for given in ([], ["--upgrade"], ["--help"], ["--upgrade", "numpy"]):
        done = subprocess.run(
            ["scripts/pin", *given], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2, done
        assert ("no network" in done.stderr) is (given in ([], ["--upgrade"]))
        for name in names:
            assert (tmp_path / name).read_bytes() == (root / name).read_bytes()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_is_one_version_and_the_package_itself_comes_last(root: Path, name: str) -> None:
    for requirement in pinned(root / name).values():
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), f"{name}: {requirement}"
    lines = (root / name).read_text("utf-8").splitlines()
    assert lines[-1] == "-e ."
    options = [line for line in lines[:-1] if line.startswith("-")]
    assert options == [], f"{name} says where to fetch from: {options}"


def test_the_book_is_built_with_the_versions_it_is_tested_with(root: Path) -> None:
    tested = pinned(root / "requirements-dev.txt")
    for name, requirement in pinned(root / "requirements.txt").items():
        assert tested[name].specifier == requirement.specifier, f"{name}; run `make requirements`"


def tracked_texts(root: Path) -> list[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so nothing tells which files belong to the project")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    texts = []
    for name in names:
        path = root / name
        if path.is_file():
            texts.append((name, path.read_bytes().decode("utf-8", errors="replace")))
    return texts


def test_no_file_names_a_registry_or_a_path_of_one_machine(root: Path) -> None:
    found = []
    for name, text in tracked_texts(root):
        for number, line in enumerate(text.splitlines(), start=1):
            registries = [word for word in REGISTRIES if word in line]
            paths = MACHINE_PATHS.findall(line)
            if registries or paths:
                found.append(f"{name}:{number}: {(registries + paths)[0]}")
    assert found == []


def test_the_lock_file_of_the_javascript_tools_holds_checksums_and_no_address(root: Path) -> None:
    text = (root / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') == text.count('"node_modules/')
