import { expect, it } from "@jest/globals";
import { type KubernetesObject } from "../blueprint/object";
import { FactStore } from "./fact-store";

const object = (name: string, owner: string, resourceVersion: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop", resourceVersion, labels: { owner } },
});

it("keeps nothing of objects that are others', tells of them, and forgets one that becomes another's", () => {
  const told: string[] = [];
  const store = new FactStore<string>(
    ({ metadata }) => metadata.name ?? "",
    (key, _fact, _previous, type) => told.push(`${type} ${key}`),
    () => undefined,
    {
      accepts: ({ metadata }) => metadata.labels?.["owner"] === "me",
      onOther: ({ metadata }, type) => told.push(`other ${type} ${metadata.name ?? ""}`),
    },
  );
  store.beginList();
  store.upsert(object("mine", "me", "1"));
  store.upsert(object("theirs", "you", "2"));
  store.endList();
  store.upsert(object("mine", "you", "3"));
  store.remove(object("theirs", "you", "4"));
  expect(told).toEqual([
    "ADDED shop/mine",
    "other MODIFIED theirs",
    "DELETED shop/mine",
    "other MODIFIED mine",
    "other DELETED theirs",
  ]);
  expect(store.size).toBe(0);
});
