"""The program starts itself anew with memory that is wiped, unless it has it already."""

import os
import platform

import pytest

from app.foundation import wiping


class Started(Exception):
    """The program was started anew, with this environment."""


@pytest.fixture
def environment(monkeypatch):
    """Of the program, on a system whose library can wipe; what it is started anew with is raised."""

    def start(_path, _arguments, given):
        raise Started(given)

    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(os, "execve", start)
    for name in wiping.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_program_that_was_asked_for_nothing_is_started_anew_with_all_settings(environment):
    with pytest.raises(Started) as started:
        wiping.begin_again()
    assert wiping.SETTINGS.items() <= started.value.args[0].items()


def test_what_somebody_set_for_a_reason_of_their_own_stays_and_the_rest_is_set(environment):
    environment.setenv("MALLOC_ARENA_MAX", "1")
    with pytest.raises(Started) as started:
        wiping.begin_again()
    given = started.value.args[0]
    assert (given["MALLOC_ARENA_MAX"], given["PYTHONMALLOC"]) == ("1", "malloc")


def test_a_program_that_has_all_settings_goes_on(environment):
    for name, value in wiping.SETTINGS.items():
        environment.setenv(name, value)
    wiping.begin_again()


def test_where_the_library_cannot_wipe_the_program_goes_on(environment):
    environment.setattr(platform, "libc_ver", lambda: ("", ""))
    wiping.begin_again()
