import { expect, test } from "vitest";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import { fakeSecrets } from "../support/storage";

const keys = { accessKeyId: "id", secretAccessKey: "secret", sessionToken: null };

test("keys come back for their own bucket and endpoint only", async () => {
  const secrets = new DestinationSecrets(fakeSecrets());
  await secrets.write("s3://a/p", "https://one", keys);
  expect(await secrets.read("s3://a/p", "https://one")).toEqual(keys);
  expect(await secrets.read("s3://a/p", "https://two")).toBeNull();
  expect(await secrets.read("s3://a/p", null)).toBeNull();
  expect(await secrets.read("s3://b/p", "https://one")).toBeNull();
});

test("removed keys are gone", async () => {
  const secrets = new DestinationSecrets(fakeSecrets());
  await secrets.write("s3://a/p", null, keys);
  await secrets.remove("s3://a/p", null);
  expect(await secrets.read("s3://a/p", null)).toBeNull();
});

test.each(["", "[]", "null", '{"accessKeyId": 1, "secretAccessKey": "x"}'])(
  "a damaged entry %j counts as none",
  async (entry) => {
    const storage = fakeSecrets();
    const secrets = new DestinationSecrets(storage);
    await secrets.write("s3://a/p", null, keys);
    for (const key of storage.entries.keys()) {
      storage.entries.set(key, entry);
    }
    expect(await secrets.read("s3://a/p", null)).toBeNull();
  },
);

test("a change of keys is told, a change of something else is not", async () => {
  const storage = fakeSecrets();
  const secrets = new DestinationSecrets(storage);
  let told = 0;
  secrets.onDidChange(() => {
    told += 1;
  });
  await storage.store("something else", "x");
  await secrets.write("s3://a/p", null, keys);
  expect(told).toBe(1);
});
