#include "page/appearance.h"

namespace eulerpublisher::page {

const char* const style_sheet = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2128; --quiet: #59636e; --line: #d5dae0; --shade: #f4f6f8;
  --good: #12693a; --good-paper: #e3f5e9; --warning: #7a4b00; --warning-paper: #fff2d6;
  --bad: #a4122a; --bad-paper: #fde8ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --ink: #e3e8ee; --quiet: #9da8b4; --line: #333c47; --shade: #1b2129;
    --good: #7fd8a0; --good-paper: #12321f; --warning: #f0c068; --warning-paper: #382a0d;
    --bad: #ff9aa5; --bad-paper: #421820;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 2.5rem) 3rem; max-width: 100rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
p { max-width: 75ch; margin: 0.5rem 0; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.9em; }
pre { background: var(--shade); padding: 0.75rem; margin: 0.5rem 0; white-space: pre-wrap; border-radius: 4px; }
.verdict { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; margin: 1rem 0; }
.verdict .word { font-size: 1.15rem; font-weight: 600; padding: 0.3rem 0.9rem; }
.good, .warning, .bad { border-radius: 4px; padding: 0.05rem 0.4rem; }
.good { color: var(--good); background: var(--good-paper); }
.warning { color: var(--warning); background: var(--warning-paper); }
.bad { color: var(--bad); background: var(--bad-paper); }
.quiet { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.25rem; margin: 0.75rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
table { border-collapse: collapse; width: 100%; margin: 0.75rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.75rem 0.4rem 0; font-weight: normal; }
thead th { font-weight: 600; color: var(--quiet); border-bottom: 2px solid var(--line); }
tbody tr { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; font-weight: 600; padding: 0.25rem 0; }
input.filter {
  font: inherit; color: inherit; background: var(--paper); width: min(100%, 24rem);
  border: 1px solid var(--quiet); border-radius: 4px; padding: 0.35rem 0.6rem; margin-top: 0.5rem;
}
input.filter:focus-visible, summary:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
.nothing { color: var(--quiet); }
@media (max-width: 45rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; }
  table, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { padding: 0.5rem 0; }
  th, td { padding: 0.1rem 0; }
  td:empty { display: none; }
  td::before { content: attr(data-title) ": "; color: var(--quiet); }
  .number { text-align: left; }
}
@media (max-width: 45rem) { tr[hidden] { display: none; } }
@media print { input.filter { display: none; } details > * { display: block; } }
)css";

const char* const filter_script = R"js(
'use strict';
for (const table of document.querySelectorAll('table.long')) {
  const box = document.createElement('input');
  box.type = 'search';
  box.className = 'filter';
  box.placeholder = 'Filter ' + table.tBodies[0].rows.length + ' rows';
  box.setAttribute('aria-label', box.placeholder);
  box.setAttribute('aria-controls', table.id);
  box.addEventListener('input', () => {
    const words = box.value.toLowerCase().split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
  table.before(box);
}
)js";

const char* const filter_script_hash = "sha256-LRzg/pUF9zl0f1e5MVw+zmBAzanHooauwYlujEqt4hw=";

}  // namespace eulerpublisher::page
