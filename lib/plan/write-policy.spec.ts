import { describe, expect, it } from "@jest/globals";
import { NamePattern } from "./name-pattern";
import { WritePolicy, type WriteSettings, type WriteTarget } from "./write-policy";

function policy(settings: Partial<WriteSettings> = {}): WritePolicy {
  return new WritePolicy({
    operatorNamespace: "pepr-system",
    allowedNamespaces: undefined,
    allowedKinds: undefined,
    requireServiceAccount: false,
    ...settings,
  });
}

const patterns = (...sources: string[]) => sources.map(source => new NamePattern(source));
const configMap = (namespace: string): WriteTarget => ({ group: "", kind: "ConfigMap", namespace, name: "config" });
const namespace = (name: string): WriteTarget => ({ group: "", kind: "Namespace", namespace: undefined, name });

describe("without any setting", () => {
  it.each(["kube-system", "kube-public", "kube-node-lease"])("nothing is written or deleted in %s", name => {
    const message = `the namespace "${name}" is the cluster's own; nothing is ever written or deleted there`;
    for (const verb of ["write", "remove"] as const) {
      expect(policy().refusal(configMap(name), undefined, verb)).toEqual({ about: "namespace", message });
      expect(policy().refusal(namespace(name), "deployer", verb)).toEqual({ about: "name", message });
    }
  });

  it("nothing is written where the operator runs", () => {
    expect(policy().refusal(configMap("pepr-system"), undefined, "write")?.message).toBe(
      'the namespace "pepr-system" is the operator\'s own; nothing is ever written or deleted there',
    );
  });

  it.each([configMap("default"), namespace("tenant"), { ...configMap(""), namespace: undefined, kind: "Node" }])(
    "everything else may be written: %j",
    target => {
      expect(policy().refusal(target, undefined, "write")).toBeUndefined();
    },
  );

  it("forms and their like are written as a ServiceAccount only: the operator's own writes pass its checks", () => {
    const form = { group: "operator.lynq.sh", kind: "LynqForm", namespace: "shop", name: "inner" };
    expect(policy().refusal(form, undefined, "write")).toEqual({
      about: "kind",
      message:
        "the kind LynqForm.operator.lynq.sh is written only as a ServiceAccount, whose rights its own admission checks; set spec.serviceAccountName",
    });
    expect(policy().refusal(form, "deployer", "write")).toBeUndefined();
    expect(policy().refusal(form, undefined, "remove")).toBeUndefined();
  });
});

describe("allow-lists", () => {
  const narrow = policy({
    allowedNamespaces: patterns("tenant-*", "shop"),
    allowedKinds: patterns("ConfigMap", "Namespace", "*.apps"),
  });

  it("let through what they name", () => {
    for (const target of [configMap("tenant-a"), configMap("shop"), namespace("tenant-b")])
      expect(narrow.refusal(target, undefined, "write")).toBeUndefined();
    expect(narrow.refusal({ ...configMap("shop"), group: "apps", kind: "Deployment" }, undefined, "write")).toBe(
      undefined,
    );
  });

  it("name the setting and its value for what they do not name, deletions included", () => {
    for (const verb of ["write", "remove"] as const) {
      expect(narrow.refusal(configMap("default"), undefined, verb)).toEqual({
        about: "namespace",
        message: 'the namespace "default" is not among those that LYNQ_ALLOWED_NAMESPACES=tenant-*,shop allows',
      });
      expect(narrow.refusal({ ...configMap("shop"), kind: "Secret" }, undefined, verb)).toEqual({
        about: "kind",
        message: "the kind Secret is not among those that LYNQ_ALLOWED_KINDS=ConfigMap,Namespace,*.apps allows",
      });
    }
    expect(narrow.refusal(namespace("other"), undefined, "write")?.about).toBe("name");
  });

  it("never open the cluster's own namespaces", () => {
    expect(policy({ allowedNamespaces: patterns("*") }).refusal(configMap("kube-system"), undefined, "write")).toEqual(
      expect.objectContaining({ about: "namespace" }),
    );
  });
});

describe("a demanded ServiceAccount", () => {
  const demanding = policy({ requireServiceAccount: true });

  it("keeps a form without one from writing", () => {
    expect(demanding.refusal(configMap("shop"), undefined, "write")).toEqual({
      about: "serviceAccount",
      message:
        "is required by LYNQ_REQUIRE_SERVICE_ACCOUNT=true; name a ServiceAccount of the form's namespace that the operator acts as",
    });
    expect(demanding.refusal(configMap("shop"), "deployer", "write")).toBeUndefined();
  });

  it("does not jam the removal of what was made before it was demanded", () => {
    expect(demanding.refusal(configMap("shop"), undefined, "remove")).toBeUndefined();
  });
});
