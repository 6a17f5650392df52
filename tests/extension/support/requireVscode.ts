/** Lets `vscode-languageclient`, which is loaded by Node and not by the test runner, find the stand-in for the editor. */

import Module from "node:module";
import * as vscode from "./vscode";

/** What the library extends or calls as it is loaded and started, without a document or a provider in sight. */
class Base {}
const never = () => new vscode.Disposable(() => undefined);
const forLanguageClient = {
  ...vscode,
  CallHierarchyItem: Base,
  CodeAction: Base,
  CodeActionKind: {},
  CodeLens: Base,
  CompletionItem: Base,
  Diagnostic: Base,
  DocumentLink: Base,
  InlayHint: Base,
  SymbolInformation: Base,
  TypeHierarchyItem: Base,
  languages: { match: () => 0, createDiagnosticCollection: () => ({ dispose: () => undefined }) },
  workspace: Object.create(vscode.workspace, {
    onDidOpenTextDocument: { value: never },
    onDidCloseTextDocument: { value: never },
    onDidChangeTextDocument: { value: never },
  }),
};

const load: unknown = Reflect.get(Module, "_load");
Reflect.set(Module, "_load", (request: string, ...rest: unknown[]) => {
  if (request === "vscode") {
    return forLanguageClient;
  }
  if (typeof load !== "function") {
    throw new Error("Node's module loader has no _load");
  }
  return Reflect.apply(load, Module, [request, ...rest]);
});
