"""Puts a page before axe-core and tells readably what it objects to."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def assert_accessible(page: Page, *, leave_out: tuple[str, ...] = ()) -> None:
    """Fail on any violation of WCAG 2.2 A and AA or of axe's best practices. `leave_out` are selectors of foreign parts
    (Wagtail's own interface around our panel), never of ours."""
    page.evaluate(AXE_SCRIPT)
    # Half-faded text has half its contrast: let what is moving come to rest.
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => null))).then(() => null)")
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    scope = {"include": [["html"]], "exclude": [[selector] for selector in leave_out]}
    found = page.evaluate("([scope, options]) => axe.run(scope, options)", [scope, options])["violations"]
    assert not found, f"{page.url}: {len(found)} violations\n" + "\n".join(map(_tell, found))


def _tell(violation: dict[str, Any]) -> str:
    lines = [f"- {violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"][:5]:
        target = " ".join(str(part) for part in node["target"])
        lines.append(f"    {target}\n      {node['html'][:160]}")
        lines += [f"      {check['message']}" for check in (*node["any"], *node["all"], *node["none"])[:2]]
    if len(violation["nodes"]) > 5:
        lines.append(f"    … and {len(violation['nodes']) - 5} more")
    return "\n".join(lines)
