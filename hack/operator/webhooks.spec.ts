import { describe, expect, it } from "@jest/globals";

import { webhookConfigurations, withServer } from "./webhooks";

const webhook = (path: string) => `
webhooks:
  - name: pepr-x.pepr.dev
    admissionReviewVersions: [v1]
    clientConfig:
      caBundle: b2xk
      service: { name: pepr-x, namespace: pepr-system, path: ${path} }
    failurePolicy: Fail
    namespaceSelector: { matchExpressions: [{ key: a, operator: NotIn, values: [kube-system] }] }
    rules: [{ apiGroups: [g], apiVersions: [v1], operations: [CREATE], resources: [things] }]
    sideEffects: None
    timeoutSeconds: 7`;

const manifest = `
apiVersion: v1
kind: Secret
metadata: { name: pepr-x-module }
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: pepr-x }${webhook("/mutate/secret")}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: pepr-x }${webhook("/validate/secret")}
`;

const server = { url: "https://localhost:1234", apiPath: "path", authority: "PEM" };

describe("webhookConfigurations", () => {
  it("finds both among the other documents of a manifest", () => {
    expect(webhookConfigurations(manifest).map(({ kind }) => kind)).toEqual([
      "MutatingWebhookConfiguration",
      "ValidatingWebhookConfiguration",
    ]);
  });
});

describe("withServer", () => {
  const rewritten = webhookConfigurations(manifest).map(each => withServer(each, server));

  it("sends each kind to its own path of the server, checked against the server's authority", () => {
    expect(rewritten.map(({ webhooks }) => webhooks[0]?.["clientConfig"])).toEqual([
      { url: "https://localhost:1234/mutate/path", caBundle: "UEVN" },
      { url: "https://localhost:1234/validate/path", caBundle: "UEVN" },
    ]);
  });

  it("keeps everything else as it was generated", () => {
    const before = webhookConfigurations(manifest).map(({ webhooks }) => ({ ...webhooks[0], clientConfig: undefined }));
    expect(rewritten.map(({ webhooks }) => ({ ...webhooks[0], clientConfig: undefined }))).toEqual(before);
    expect(rewritten[0]?.webhooks[0]).toMatchObject({ failurePolicy: "Fail", timeoutSeconds: 7 });
  });
});
