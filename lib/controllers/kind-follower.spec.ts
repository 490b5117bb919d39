import { expect, it } from "@jest/globals";
import { type LynqNodeObject } from "../../crds";
import { type GroupVersionKind } from "../blueprint/object";
import { KindFollower } from "./kind-follower";

const node = (...kinds: string[]): LynqNodeObject => ({
  apiVersion: "operator.lynq.sh/v1",
  kind: "LynqNode",
  metadata: { namespace: "shop", name: "acme-web" },
  spec: {
    uid: "acme",
    templateRef: "web",
    resources: kinds.map(kind => ({ id: kind, apiVersion: "v1", kind, name: "acme" })),
  },
});

it("follows each kind of the nodes once, and again after a failure", async () => {
  const watched: string[] = [];
  let broken = true;
  const follower = new KindFollower({
    watch: ({ kind }: GroupVersionKind) => {
      watched.push(kind);
      return kind === "Secret" && broken ? Promise.reject(new Error("not now")) : Promise.resolve();
    },
  });
  follower.follow(node("ConfigMap", "Secret"));
  await new Promise(resolve => setImmediate(resolve));
  broken = false;
  follower.follow(node("ConfigMap", "Secret"));
  follower.follow(node("ConfigMap", "Secret", "Service"));
  expect(watched).toEqual(["ConfigMap", "Secret", "Secret", "Service"]);
});
