import { isPlainObject } from "../../../lib/blueprint/object";
import { type Scene } from "../scene";

const app = "Deployment acme-corp/acme-corp-app";

/** The article's words, in which the demo's namespace, deployment and field happen to be the same. */
const conflict =
  "Resource conflict detected for acme-corp/acme-corp-app (Kind: Deployment, Policy: Stuck). " +
  "Another controller or user may be managing this resource. Consider using ConflictPolicy=Force " +
  "to take ownership or resolve the conflict manually. " +
  'Error: Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas';

export const migration: Scene = {
  title: "Taking over what Helm runs, without deleting anything",
  about: "Stuck says what is in the way and touches nothing; Force takes it over.",
  namespace: "lynq-demo-migration",
  creates: ["acme-corp"],
  play: async stage => {
    await stage.kubectl("create namespace acme-corp");
    await stage.kubectl("apply --server-side --field-manager=helm -f examples/migration/helm-release.yaml");
    const before = await stage.uids(app);
    await stage.sqlFile("migration/tables.sql");
    await stage.apply("migration/hub.yaml", "migration/form-stuck.yaml");

    await stage.sql("UPDATE nodes SET is_active = true WHERE node_id = 'acme-corp'");
    await stage.event(
      "a ResourceConflict event, in the article's words",
      "acme-corp-web-app",
      "ResourceConflict",
      conflict,
    );
    await stage.condition("the node says so, too", "LynqNode acme-corp-web-app", {
      type: "Conflicted",
      status: "True",
    });
    await stage.see("Helm's 5 replicas are untouched", app, {
      metadata: { uid: before.get(app), labels: undefined },
      spec: { replicas: 5 },
    });
    await stage.kubectl("get events --field-selector=reason=ResourceConflict -o jsonpath={.items[*].message}");

    await stage.apply("migration/form-force.yaml");
    await stage.ready("the node is ready", "acme-corp-web-app");
    await stage.see("still 5 replicas: the row says so, and the form takes them from there", app, {
      spec: { replicas: 5 },
    });
    await stage.see("3 of 3, by name", "LynqNode acme-corp-web-app", {
      status: {
        desiredResources: 3,
        readyResources: 3,
        failedResources: 0,
        appliedResources: [
          "ConfigMap/acme-corp/acme-corp-settings@settings",
          "Deployment/acme-corp/acme-corp-app@app",
          "Service/acme-corp/acme-corp-svc@svc",
        ],
      },
    });
    await stage.check("manager: lynq owns the replicas, too", async () => {
      const { metadata } = await stage.get(app);
      const owners = (metadata.managedFields ?? []).flatMap(({ fieldsV1, manager }) => {
        const spec = fieldsV1?.["f:spec"];
        return isPlainObject(spec) && spec["f:replicas"] !== undefined ? [manager] : [];
      });
      return owners.includes("lynq") ? undefined : `the manager is ${owners.join(", ")}`;
    });
    await stage.same("of the very same deployment", before);
    await stage.kubectl([
      ...["get", "deployment", "acme-corp-app", "-n", "acme-corp", "-o"],
      'jsonpath={range .metadata.managedFields[*]}{.manager}{"\\t"}{.operation}{"\\t"}{.subresource}{"\\n"}{end}',
    ]);
  },
};
