"""What isn't in the language of a page is marked with its own, whatever template it comes from."""

import pytest

from app.web.speaking import marked


@pytest.mark.parametrize(
    ("language", "markup", "wanted"),
    [
        ("en", "<p>By 何芳 He Fang</p>", '<p>By <span lang="zh-Hans">何芳</span> He Fang</p>'),
        ("en", '<a href="/x?a>b">开标记录.pdf</a>', '<a href="/x?a>b"><span lang="zh-Hans">开标记录.pdf</span></a>'),
        ("en", '<p lang="zh-Hans">何芳 <b>开标</b></p> 开标', '<p lang="zh-Hans">何芳 <b>开标</b></p> <span lang="zh-Hans">开标</span>'),
        ("en", "<option>何芳</option><textarea>何芳</textarea>", '<option lang="zh-Hans">何芳</option><textarea lang="zh-Hans">何芳</textarea>'),
        ("zh", "<option>何芳 He Fang Ltd</option>", "<option>何芳 He Fang Ltd</option>"),
        ("zh", '<input name="q" value="the lamps">', '<input name="q" value="the lamps" lang="en">'),
        ("en", '<input type="search" value="路灯">', '<input type="search" value="路灯" lang="zh-Hans">'),
        ("en", '<input type="hidden" value="路灯">', '<input type="hidden" value="路灯">'),
        ("en", '<input name="name_zh" value="">', '<input name="name_zh" value="" lang="zh-Hans">'),
        ("en", '<textarea name="lots-0-title_en" lang="en">路灯</textarea>', '<textarea name="lots-0-title_en" lang="en">路灯</textarea>'),
        ("en", '<input lang="zh-Hans" value="何芳">何芳', '<input lang="zh-Hans" value="何芳"><span lang="zh-Hans">何芳</span>'),
        ("en", "<p>a &lt;b&gt; &amp; 开标</p>", '<p>a &lt;b&gt; &amp; <span lang="zh-Hans">开标</span></p>'),
        ("zh", "<p>文件Opening record.pdf</p>", '<p>文件<span lang="en">Opening record.pdf</span></p>'),
        ("zh", "<p>JC-2026-0003 的 PDF</p>", "<p>JC-2026-0003 的 PDF</p>"),
        ("zh", "<p>This &amp; that thing</p>", '<p><span lang="en">This &amp; that thing</span></p>'),
    ],
)  # fmt: skip
def test_what_is_in_the_other_language_is_marked(language, markup, wanted):
    assert marked(language, markup) == wanted
