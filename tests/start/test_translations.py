"""Every text has its one Chinese, and the checks that say so can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import messages, translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'


@pytest.mark.parametrize("check", ["untranslated", "contradictions", "broken_placeholders"])
def test_every_text_is_translated(check: str) -> None:
    if complaints := getattr(translations, check)():
        listed = "\n".join(complaints)
        pytest.fail(f"{len(complaints)} {check} (python -m config.messages --missing):\n{listed}", pytrace=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("workflows/one", "workflows/two"):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "apps.py").touch()
    return tmp_path


def write_po(folder: Path, entries: str) -> Path:
    source = folder / "locale/zh_Hans/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(HEADER + entries, "utf-8")
    return source


def test_a_text_without_chinese_is_named_with_its_place(project: Path) -> None:
    one = project / "workflows/one"
    (one / "views.py").write_text('_("Return")\npgettext("verb", "Return")\nngettext("%(n)s case", "%(n)s cases", n)\n')
    (one / "templates/page.html").write_text(
        '<p class="it\'s">\n{% translate \'Wait\' %}{{ a|default:_("None") }}'
        "{% blocktranslate trimmed count n=m %}\n one\n{% plural %}\n {{ n }} of 100%\n{% endblocktranslate %}"
    )
    write_po(one, 'msgid "Return"\nmsgstr "退回"\n\n#, fuzzy\nmsgid "Wait"\nmsgstr "等"\n')
    assert translations.untranslated(project) == [
        "workflows/one: 'Return' [verb] (workflows/one/views.py:2)",
        "workflows/one: '%(n)s case' (workflows/one/views.py:3)",
        "workflows/one: 'Wait' (workflows/one/templates/page.html:2)",
        "workflows/one: 'None' (workflows/one/templates/page.html:2)",
        "workflows/one: 'one' (workflows/one/templates/page.html:2)",
    ]


def test_a_neighbours_chinese_does_not_count_but_the_projects_does(project: Path) -> None:
    (project / "workflows/one/views.py").write_text('_("Return")\n_("Reject")\n')
    write_po(project / "workflows/two", 'msgid "Return"\nmsgstr "退回"\n')
    write_po(project, 'msgid "Reject"\nmsgstr "驳回"\n')
    assert translations.untranslated(project) == ["workflows/one: 'Return' (workflows/one/views.py:1)"]


def test_one_english_with_two_chinese_is_a_contradiction(project: Path) -> None:
    write_po(project / "workflows/one", 'msgid "Return"\nmsgstr "退回"\n')
    write_po(project / "workflows/two", 'msgid "Return"\nmsgstr "返回"\n')
    assert translations.contradictions(project) == ["'Return' differs: 退回 in workflows/one; 返回 in workflows/two"]


def test_a_lost_placeholder_is_named(project: Path) -> None:
    write_po(
        project / "workflows/one",
        'msgid "%(who)s at {place}"\nmsgstr "%(who)s 在"\n\n'
        'msgid "100%% of %s"\nmsgstr "%s 的 100%%"\n\n'
        'msgid "one case"\nmsgid_plural "%(n)s cases"\nmsgstr[0] "%(n)s 件"\n',
    )
    assert len(translations.broken_placeholders(project)) == 1


def test_a_newer_source_is_compiled_once(project: Path) -> None:
    source = write_po(project / "workflows/one", 'msgid "Return"\nmsgstr "退回"\n')
    assert messages.compile_stale(project) == [source]
    assert messages.compile_stale(project) == []
    assert "退回".encode() in source.with_suffix(".mo").read_bytes()
