/** The look of the documentation page. */
export const style = `:root {
  color-scheme: light dark;
  --ground: #fbfbfd;
  --card: #ffffff;
  --line: #d9dce3;
  --text: #1b1f27;
  --soft: #545c6b;
  --accent: #3b4cca;
  --good: #17693a;
  --warn: #8a4b00;
  --bad: #a4202f;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme='light']) {
    --ground: #14161b;
    --card: #1c1f26;
    --line: #343944;
    --text: #e6e8ee;
    --soft: #a5adbb;
    --accent: #9fb0ff;
    --good: #7ad6a0;
    --warn: #f0b567;
    --bad: #ff9aa5;
  }
}
[data-theme='light'] { color-scheme: light }
[data-theme='dark'] {
  color-scheme: dark;
  --ground: #14161b;
  --card: #1c1f26;
  --line: #343944;
  --text: #e6e8ee;
  --soft: #a5adbb;
  --accent: #9fb0ff;
  --good: #7ad6a0;
  --warn: #f0b567;
  --bad: #ff9aa5;
}
* { box-sizing: border-box }
html { scroll-behavior: smooth }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body {
  margin: 0 auto;
  max-width: 64rem;
  padding: 1.5rem 1rem 4rem;
  background: var(--ground);
  color: var(--text);
  font: 0.9375rem/1.55 Inter, ui-sans-serif, -apple-system, BlinkMacSystemFont,
    'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
}
h1 { font-size: 1.75rem; margin: 0 0 .5rem }
h1 small { color: var(--soft); font-size: 1rem; font-weight: 400 }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.3rem }
h3 { margin: 1.25rem 0 .4rem; font-size: 1rem }
h4 { margin: 1rem 0 .3rem; font-size: .95rem; font-weight: 400 }
p { margin: .4rem 0 }
a { color: var(--accent) }
a:focus-visible, summary:focus-visible, input:focus-visible, button:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: .25rem;
}
code, pre { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
pre {
  margin: .5rem 0;
  padding: .75rem;
  overflow-x: auto;
  border: 1px solid var(--line);
  border-radius: .5rem;
  background: var(--ground);
}
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 1rem 0 }
input, button {
  padding: .5rem .75rem;
  border: 1px solid var(--line);
  border-radius: .5rem;
  background: var(--card);
  color: inherit;
  font: inherit;
}
input { flex: 1 1 12rem; min-width: 0 }
button { cursor: pointer; border-color: var(--accent); color: var(--accent) }
nav, .links { display: flex; flex-wrap: wrap; gap: .25rem 1rem }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem; background: var(--card) }
details:target { border-color: var(--accent) }
summary {
  display: flex;
  flex-wrap: wrap;
  gap: .25rem .75rem;
  align-items: baseline;
  padding: .6rem .75rem;
  cursor: pointer;
}
.summary { color: var(--soft) }
.path { overflow-wrap: anywhere }
.method { min-width: 4.2rem; font: 700 .8rem/1.5 ui-monospace, Menlo, Consolas, monospace; color: var(--accent) }
.method.post, .method.put, .method.patch { color: var(--warn) }
.method.delete { color: var(--bad) }
.operation { padding: 0 .75rem 1rem; overflow-x: auto }
.media { color: var(--soft); font-size: .85rem }
.status { font-weight: 700 }
.s2 { color: var(--good) }
.s4, .s5 { color: var(--bad) }
table { width: 100%; border-collapse: collapse; font-size: .9rem }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { color: var(--soft); font-weight: 600 }
h4 code { color: var(--soft) }
em { color: var(--soft); font-size: .85em }
@media (max-width: 40rem) {
  table, tbody, tr, td { display: block }
  thead { display: none }
  tr { padding: .35rem 0; border-bottom: 1px solid var(--line) }
  td { padding: 0; border: 0 }
  td:first-child { font-weight: 600 }
}
`
