// What the editor itself costs: a tree whose rows open pages that do nothing, one of a line and one of many.

const vscode = require("vscode");

/** @type {Record<string, number>} */
const PAGES = { "Empty page": 1, "Long page": 4000 };

/** @param {number} rows */
function html(rows) {
  const row = (/** @type {number} */ number) =>
    `<p role="article"><b>${number}</b> cat reports/${number}.txt | sort | uniq --count: line of output</p>`;
  const all = Array.from({ length: rows }, (_, index) => row(index + 1)).join("");
  const style = "body{margin:0}main{height:100vh;overflow-y:auto}p{height:32px;margin:8px}";
  return `<!DOCTYPE html><style>${style}</style><main class="scroller" role="feed">${all}</main>`;
}

exports.activate = () => {
  vscode.window.registerTreeDataProvider("plainPages", {
    getChildren: () => Object.keys(PAGES),
    getTreeItem: (name) => {
      const item = new vscode.TreeItem(name);
      item.command = { command: "plainPages.open", title: name, arguments: [name] };
      return item;
    },
  });
  vscode.commands.registerCommand("plainPages.open", (name) => {
    const panel = vscode.window.createWebviewPanel("plainPage", name, vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    panel.webview.html = html(PAGES[name] ?? 0);
  });
};
