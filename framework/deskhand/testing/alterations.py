"""Faults that change a page on its way to the browser: overlays, dialogs, broken scripts."""

import re
from collections.abc import Mapping
from hashlib import sha256
from html import escape

FRESH_PATH = "/deskhand-practice/fresh"
BANNER_COOKIE = "cookie_choice"

_BANNER = f"""
<div role="dialog" aria-label="Cookies" style="position:fixed;inset:auto 0 0 0;height:40vh;
z-index:9000;background:#22303e;color:#fff;padding:2rem;font:16px system-ui">
<p>We use cookies to remember your choices.</p>
<button type="button">Accept all cookies</button> <button type="button">Reject</button></div>
<script>(() => {{
  const banner = document.currentScript.previousElementSibling;
  for (const button of banner.querySelectorAll("button")) button.onclick = () => {{
    document.cookie = "{BANNER_COOKIE}=made; path=/; SameSite=Lax";
    banner.remove();
  }};
}})();</script>
"""
_TOAST = """
<div role="status" style="position:fixed;z-index:9000;background:#22303e;color:#fff;
padding:1rem;font:16px system-ui">New: dark mode is here.
<button type="button" aria-label="Dismiss message">&times;</button></div>
<script>(() => {
  const toast = document.currentScript.previousElementSibling;
  const covered = [...document.querySelectorAll("main button")].pop();
  const place = covered?.getBoundingClientRect() ?? { left: 20, top: 20, width: 200, height: 40 };
  toast.style.left = `${place.left - 20}px`;
  toast.style.top = `${Math.min(place.top, innerHeight - 60) - 10}px`;
  toast.style.minWidth = `${place.width + 160}px`;
  toast.style.minHeight = `${place.height + 20}px`;
  toast.querySelector("button").onclick = () => toast.remove();
  setTimeout(() => toast.remove(), MILLISECONDS);
})();</script>
"""
_DIALOG = """
<script>addEventListener("load", () => setTimeout(
  () => alert("Your session will end in 5 minutes unless you go on."), 30));</script>
"""
_LATE_RENDER = f"""
<script>(() => {{
  let begun = false;
  document.addEventListener("input", async (event) => {{
    const form = event.target.form;
    if (begun || !form) return;
    begun = true;
    await fetch("{FRESH_PATH}").catch(() => undefined);
    for (const field of form.querySelectorAll("input:not([type]), input[type=text]"))
      field.value = field.defaultValue;
  }}, true);
}})();</script>
"""
_DEAD_BUTTONS = """
<script>document.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  throw new TypeError("Cannot read properties of undefined (reading 'state')");
}, true);</script>
"""
_FREEZE = """
<script>addEventListener("load", () => setTimeout(() => {
  const until = Date.now() + MILLISECONDS;
  while (Date.now() < until);
}, 0));</script>
"""
# A tree nested this deep overflows the stack of the layout; it takes a second or two.
_CRASH = """
<script>addEventListener("load", () => setTimeout(() => {
  const top = document.createElement("div");
  let inner = top;
  for (let depth = 0; depth < 20000; depth += 1)
    inner = inner.appendChild(document.createElement("div"));
  document.body.append(top);
  top.getBoundingClientRect();
}, 0));</script>
"""
_ID_ATTRIBUTE = re.compile(r'\b(id|for|aria-labelledby|aria-describedby)="([^"]+)"')


def altered(name: str, html: str, *, value: float, salt: float) -> str:
    """Give the page as the fault leaves it; `salt` makes it differ from render to render."""
    if name == "renamed-ids":
        suffix = sha256(str(salt).encode()).hexdigest()[:6]
        return _ID_ATTRIBUTE.sub(lambda found: _with_other_ids(found, suffix), html)
    return _with_script(html, SCRIPTS[name].replace("MILLISECONDS", str(int(value * 1000))))


def reworded(html: str, other_words: Mapping[str, str]) -> str:
    """Give the page with other words where a whole text is one of these."""
    for word, other in other_words.items():
        html = html.replace(f">{escape(word)}<", f">{escape(other)}<")
    return html


def _with_script(html: str, script: str) -> str:
    before, end, after = html.rpartition("</body>")
    return before + script + end + after if end else html + script


def _with_other_ids(found: re.Match[str], suffix: str) -> str:
    names = " ".join(f"{name}-{suffix}" for name in found[2].split())
    return f'{found[1]}="{names}"'


SCRIPTS: Mapping[str, str] = {
    "cookie-banner": _BANNER,
    "toast": _TOAST,
    "dialog": _DIALOG,
    "field-wiped": _LATE_RENDER,
    "js-error": _DEAD_BUTTONS,
    "renderer-frozen": _FREEZE,
    "renderer-crash": _CRASH,
}
