import { expect, test } from "vitest";
import { childEnvironment } from "../../../extension/src/helper/childEnvironment";

const none = { proxy: "", noProxy: [] };

test("what steers Python is dropped, everything else stays", () => {
  const env = {
    PATH: "/bin",
    PYTHONPATH: "/x",
    PythonHome: "/y",
    VIRTUAL_ENV: "/v",
    AWS_PROFILE: "a",
    UNSET: undefined,
  };
  expect(childEnvironment(env, none)).toEqual({ PATH: "/bin", AWS_PROFILE: "a" });
});

test("what a snap package changed is undone", () => {
  const env = {
    GTK_PATH: "/snap/gtk",
    GTK_PATH_VSCODE_SNAP_ORIG: "",
    XDG_DATA_DIRS: "/snap/data",
    XDG_DATA_DIRS_VSCODE_SNAP_ORIG: "/usr/share",
    PYTHONPATH_VSCODE_SNAP_ORIG: "/mine",
  };
  expect(childEnvironment(env, none)).toEqual({ XDG_DATA_DIRS: "/usr/share" });
});

test("the editor's proxy is handed on when the environment names none", () => {
  const settings = { proxy: "http://proxy:3128", noProxy: ["localhost", "intra"] };
  expect(childEnvironment({}, settings)).toEqual({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "localhost,intra" });
});

test.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])("%s in the environment wins over the editor's proxy", (name) => {
  const env = { [name]: "http://other", REQUESTS_CA_BUNDLE: "/ca.pem" };
  expect(childEnvironment(env, { proxy: "http://proxy:3128", noProxy: ["x"] })).toEqual(env);
});
