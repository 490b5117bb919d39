import { type Manifest } from "./scenario";

/** Bodies of resources as a form has them in `spec`, as small as the API server takes them. */

/** A Deployment of one container; its fields may be templates. */
export function deployment(spec: Record<string, unknown> = {}, image: unknown = "nginx:1.27"): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: { replicas: 1, template: { spec: { containers: [{ name: "app", image }] } }, ...spec },
  };
}

export function configMap(data: Record<string, string> = { key: "value" }): Manifest {
  return { apiVersion: "v1", kind: "ConfigMap", data };
}

/** A Service of one port that selects the pods of the same row. */
export function service(port: unknown = 80): Manifest {
  return { apiVersion: "v1", kind: "Service", spec: { selector: { "lynq.sh/uid": "{{ .uid }}" }, ports: [{ port }] } };
}

export function job(command: readonly string[] = ["true"]): Manifest {
  const containers = [{ name: "job", image: "busybox:1.37", command }];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    spec: { template: { spec: { restartPolicy: "Never", containers } } },
  };
}

export function persistentVolumeClaim(storage = "1Gi"): Manifest {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  };
}

export function namespace(): Manifest {
  return { apiVersion: "v1", kind: "Namespace" };
}
