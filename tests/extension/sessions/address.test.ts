import { expect, test } from "vitest";
import { bucketUrlError, endpointError, isUnencrypted } from "../../../extension/src/sessions/connect/address";

test.each(["s3://my-bucket/project", "s3://b.c-d/team/app_1", " s3://abc/p/ "])("%j is a bucket's address", (text) => {
  expect(bucketUrlError(text)).toBeUndefined();
});

test.each([
  "",
  "my-bucket/project",
  "https://s3.example.com/b/p",
  "s3://",
  "s3://abc",
  "s3://abc/",
  "s3://Ab/p",
  "s3://a/p",
  "s3://abc/../p",
  "s3://abc/a b",
  "s3://abc/p?endpoint=x",
])("%j is not", (text) => {
  expect(bucketUrlError(text)).toBeDefined();
});

test.each(["", "https://s3.example.com", "http://127.0.0.1:9000"])("%j is an endpoint", (text) => {
  expect(endpointError(text)).toBeUndefined();
});

test.each(["s3.example.com", "ftp://x", "https://user:pass@host", "not a url"])("%j is not an endpoint", (text) => {
  expect(endpointError(text)).toBeDefined();
});

test("unencrypted means http beyond this machine", () => {
  expect(isUnencrypted("http://minio.lan:9000")).toBe(true);
  expect(isUnencrypted("http://127.0.0.1:9000")).toBe(false);
  expect(isUnencrypted("https://minio.lan")).toBe(false);
});
