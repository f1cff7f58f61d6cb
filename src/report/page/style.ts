/** The style of the report page: no fonts, images or scripts from anywhere. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #55606e; --paper: #f6f5f1; --card: #fffefb; --line: #dfdcd3;
  --images: #a24a25; --resources: #2662a3; --pages: #286e4f; --good: #286e4f; --warn: #8a5f00; --bad: #a92f28; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6df; --soft: #a3adb8; --paper: #12171d; --card: #1a2129;
  --line: #2f3944; --images: #eb9c73; --resources: #84b9ef; --pages: #7bcba3; --good: #7bcba3; --warn: #e4b654; --bad: #f28b83; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
body > * { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: inherit; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 3px solid var(--resources); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; z-index: 1; background: var(--card); padding: .4rem .8rem; }
header { padding-top: 2rem; display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: baseline; justify-content: space-between; }
.mark { font-weight: 700; letter-spacing: .01em; } .mark b { color: var(--images); } .mark i { color: var(--resources); font-style: normal; }
.soft { color: var(--soft); }
h1 { margin: 2rem 0 .6rem; font-size: clamp(1.6rem, 6vw, 3.2rem); line-height: 1.08; font-weight: 680; letter-spacing: -.025em; overflow-wrap: anywhere; text-wrap: balance; }
h1 a { text-decoration-thickness: .06em; } h1 + p { margin: 0; max-width: 46rem; }
h2 { font-size: 1.3rem; line-height: 1.25; letter-spacing: -.012em; font-weight: 650; margin: 3.25rem 0 .3rem; }
h2 + p:not(.panel) { margin: 0 0 1rem; color: var(--soft); max-width: 46rem; }
h3 { margin: 0; font-size: 1rem; }
code, .mono { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
ul, ol { list-style: none; margin: 0; padding: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9.5rem, 44%), 1fr)); margin: 2rem 0 0; border-top: 2px solid var(--ink); }
.figures > div { padding: .8rem 1rem .6rem 0; border-bottom: 1px solid var(--line); }
.figures dt { font-size: .82rem; color: var(--soft); } .figures dd { margin: 0; }
.figures .number { font-size: 1.65rem; line-height: 1.2; font-weight: 660; letter-spacing: -.02em; white-space: nowrap; }
.figures small { display: block; font-size: .82rem; color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin-top: 1rem; font-size: .9rem; } nav li { padding: .25rem 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: .75rem; margin-bottom: 1rem; }
.card { border-left: 4px solid var(--tone); padding: .1rem 0 .1rem .8rem; } .card h3 { color: var(--tone); } .card p { margin: 0; font-size: .9rem; }
.images { --tone: var(--images); } .resources { --tone: var(--resources); } .pages { --tone: var(--pages); }
.tag { color: var(--tone); font-weight: 600; font-size: .82rem; white-space: nowrap; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; }
p.panel { margin: .5rem 0 0; } .panel p { margin: .5rem 0 0; } .panel p:first-child { margin: 0; }
.panel + .panel { margin-top: .75rem; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; } legend { padding: 0; float: left; margin-right: .75rem; font-size: .9rem; color: var(--soft); line-height: 2.1rem; }
fieldset > input { position: absolute; opacity: 0; width: 1px; height: 1px; }
fieldset > label { display: inline-block; padding: .25rem .9rem; margin: 0 .25rem .75rem 0; border: 1px solid var(--line); border-radius: 99px; font-size: .9rem; cursor: pointer; background: var(--card); }
fieldset > input:checked + label { background: var(--ink); color: var(--paper); border-color: var(--ink); }
fieldset > input:focus-visible + label { outline: 3px solid var(--resources); outline-offset: 2px; }
.map { clear: both; display: none; } .map svg { display: block; width: 100%; height: auto; }
#written:checked ~ .written, #loaded:checked ~ .loaded { display: block; }
.map .wide { display: block; } .map .tall { display: none; }
@media (max-width: 50rem) { .map .wide { display: none; } .map .tall { display: block; } }
svg text { font: 500 11.5px/1 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #fff; pointer-events: none; }
svg .type { font-weight: 650; font-size: 12px; } svg .size { fill: #ffffffe0; font-size: 11px; } svg .origin { font-weight: 680; font-size: 14px; }
svg .origin { fill: var(--tone); } svg rect { stroke: none; } svg rect:hover { filter: brightness(1.18); }
svg .saved { fill: none; stroke: var(--line); stroke-width: 1.5; stroke-dasharray: 5 5; } svg .less { fill: var(--soft); text-anchor: middle; font-size: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } caption { text-align: left; color: var(--soft); font-size: .86rem; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .42rem 1.2rem .42rem 0; border-top: 1px solid var(--line); font-weight: 400; }
thead td { border: 0; } thead th { font-size: .82rem; color: var(--soft); border: 0; white-space: nowrap; } tr > :last-child { padding-right: 0; }
tbody th .mono { white-space: nowrap; } tbody th code { white-space: normal; display: block; min-width: 13rem; }
.count { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { display: block; height: .62rem; border-radius: 3px; background: color-mix(in srgb, var(--tone, var(--soft)) 26%, transparent); overflow: hidden; margin-top: .4rem; }
.bar span { display: block; height: 100%; background: var(--tone, var(--soft)); }
.bars { width: 38%; }
details { margin-top: .3rem; } details:first-child { margin-top: 0; } summary { cursor: pointer; padding: .2rem 0; } details > ul { margin: .2rem 0 .6rem 1.1rem; }
.rows li { display: flex; flex-wrap: wrap; gap: 0 .8rem; padding: .26rem 0; border-top: 1px solid var(--line); align-items: baseline; } .rows li:first-child { border: 0; }
.rows .grow { flex: 1 1 14rem; min-width: 0; } .rows .reason { flex: 0 1 auto; color: var(--soft); font-size: .86rem; }
.created { color: var(--good); } .updated, .headers { color: var(--warn); } .deleted { color: var(--bad); }
.chain { display: flex; flex-wrap: wrap; gap: .5rem 0; } .chain li { display: flex; align-items: stretch; min-width: 0; max-width: 100%; }
.chain .step { background: var(--paper); border: 1px solid var(--line); border-radius: 7px; padding: .3rem .65rem; min-width: 0; } .chain .step small { display: block; color: var(--soft); font-size: .8rem; }
.chain li + li::before { content: "→"; padding: .45rem .6rem; color: var(--soft); }
@media (max-width: 50rem) { .chain { flex-direction: column; } .chain li + li { flex-direction: column; } .chain li + li::before { content: "↓"; padding: 0 .8rem .4rem; } .bars { display: none; } tbody th .tag { display: block; } }
.list { columns: 17rem; column-gap: 2rem; } .list li { display: flex; justify-content: space-between; gap: 1rem; break-inside: avoid; padding: .16rem 0; } .list .soft { font-size: .8rem; white-space: nowrap; padding-top: .1rem; }
.severity { font-weight: 650; font-size: .82rem; } .error { color: var(--bad); } .warning { color: var(--warn); } .note { color: var(--soft); }
.all-well::before { content: "✓ "; color: var(--good); font-weight: 700; }
footer { margin-top: 3.5rem; padding-bottom: 3rem; color: var(--soft); font-size: .86rem; }
@media print { nav, fieldset > input, fieldset > label, legend { display: none; } details > * { display: block; } body { background: #fff; } }
`;
