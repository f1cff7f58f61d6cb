/** The style of the front page: no fonts, images or scripts from anywhere. */
export const frontStyle = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #5b6878; --paper: #f6f5f1; --card: #fffefb; --line: #dfdcd3;
  --images: #b4552d; --resources: #2b6cb0; --pages: #2f7d5b; --good: #2f7d5b; --warn: #9a6a00; --bad: #b3322b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6df; --soft: #9aa5b1; --paper: #12171d; --card: #1a2129;
  --line: #2b343f; --images: #e69466; --resources: #79b3ec; --pages: #74c69d; --good: #74c69d; --warn: #e0b04c; --bad: #ef8077; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
a { color: inherit; text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--resources); outline-offset: 2px; border-radius: 3px; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; justify-content: space-between; }
h1 { font-size: 1.05rem; letter-spacing: .02em; margin: 0; }
h1 b { color: var(--images); } h1 i { color: var(--resources); font-style: normal; }
h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .09em; color: var(--soft); margin: 2.75rem 0 .75rem; }
.live { margin: 1.5rem 0 0; font-size: clamp(1.5rem, 4.5vw, 2.4rem); line-height: 1.15; font-weight: 650; letter-spacing: -.02em; }
.live small { display: block; font-size: 1rem; font-weight: 400; letter-spacing: 0; color: var(--soft); margin-top: .5rem; }
code, .mono { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1rem; margin-top: 2rem; }
.card { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--tone); border-radius: 8px; padding: 1rem 1.1rem 1.1rem; }
.card h3 { margin: 0; font-size: 1rem; color: var(--tone); }
.card p { margin: .15rem 0 .8rem; } .number { font-size: 1.5rem; font-weight: 650; letter-spacing: -.01em; } .soft { color: var(--soft); }
.images { --tone: var(--images); } .resources { --tone: var(--resources); } .pages { --tone: var(--pages); }
.bar { display: flex; height: .55rem; border-radius: 4px; overflow: hidden; background: var(--line); margin: .2rem 0 .6rem; }
.bar span { background: var(--tone); } .bar span:nth-child(2) { opacity: .65; } .bar span:nth-child(3) { opacity: .4; } .bar span:nth-child(n+4) { opacity: .22; }
ul { list-style: none; margin: 0; padding: 0; }
.types li, .weights div { display: flex; justify-content: space-between; gap: 1rem; font-size: .875rem; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.1rem; }
.list { columns: 17rem; column-gap: 2rem; } .list li { display: flex; justify-content: space-between; gap: 1rem; break-inside: avoid; padding: .16rem 0; }
.list .soft { font-size: .8rem; white-space: nowrap; padding-top: .1rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .4rem 1.2rem .4rem 0; border-top: 1px solid var(--line); }
th { font-size: .8rem; color: var(--soft); font-weight: 500; border: 0; } td:last-child, th:last-child { padding-right: 0; }
.count { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.weights .bar { height: .9rem; } .weights .after { --tone: var(--good); } .weights .bar:last-child { margin-bottom: .2rem; }
details { margin-top: .35rem; } summary { cursor: pointer; } details ul { margin: .35rem 0 .6rem 1.1rem; }
.created { color: var(--good); } .updated { color: var(--warn); } .removed { color: var(--bad); }
footer { margin-top: 3rem; color: var(--soft); font-size: .875rem; }
`;
