import { type LynqFormSpec } from "../../crds";

const pod = {
  securityContext: { runAsNonRoot: true },
  volumes: [{ name: "config", configMap: { name: "{{ .uid }}-config" } }],
  containers: [
    {
      name: "app",
      image: '{{ .image | default "registry.example.com/app:1" }}',
      ports: [{ name: "http", containerPort: 8080 }],
      env: [
        { name: "TENANT", value: "{{ .uid }}" },
        { name: "PLAN", value: "{{ .plan }}" },
      ],
      resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      readinessProbe: { httpGet: { path: "/healthz", port: "http" } },
      volumeMounts: [{ name: "config", mountPath: "/etc/app" }],
    },
  ],
};
const once = { restartPolicy: "Never", containers: [{ name: "job", image: "busybox", command: ["true"] }] };
const labels = { app: "{{ .uid }}" };
const workload = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };

/** A form as a platform team writes it: 16 resources, one of nearly every list, of kinds from seven API groups. */
export const benchForm: Omit<LynqFormSpec, "hubId"> = {
  serviceAccounts: [{ id: "account", nameTemplate: "{{ .uid }}", spec: { apiVersion: "v1", kind: "ServiceAccount" } }],
  configMaps: [
    {
      id: "config",
      nameTemplate: "{{ .uid }}-config",
      spec: { apiVersion: "v1", kind: "ConfigMap", data: { plan: "{{ .plan }}" } },
    },
    {
      id: "flags",
      nameTemplate: "{{ .uid }}-flags",
      spec: { apiVersion: "v1", kind: "ConfigMap", data: { a: "1", b: "{{ .uid }}" } },
    },
  ],
  secrets: [
    {
      id: "secret",
      nameTemplate: "{{ .uid }}-secret",
      spec: { apiVersion: "v1", kind: "Secret", stringData: { key: "{{ .uid }}" } },
    },
  ],
  deployments: [
    {
      id: "web",
      nameTemplate: "{{ .uid }}-web",
      dependIds: ["config"],
      spec: { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: "{{ .replicas }}", ...workload } },
    },
  ],
  statefulSets: [
    {
      id: "db",
      nameTemplate: "{{ .uid }}-db",
      spec: { apiVersion: "apps/v1", kind: "StatefulSet", spec: { serviceName: "{{ .uid }}-db", ...workload } },
    },
  ],
  daemonSets: [
    {
      id: "agent",
      nameTemplate: "{{ .uid }}-agent",
      spec: { apiVersion: "apps/v1", kind: "DaemonSet", spec: workload },
    },
  ],
  services: [
    {
      id: "svc",
      nameTemplate: "{{ .uid }}-web",
      spec: {
        apiVersion: "v1",
        kind: "Service",
        spec: { selector: labels, ports: [{ port: 80, targetPort: "http" }] },
      },
    },
  ],
  persistentVolumeClaims: [
    {
      id: "data",
      nameTemplate: "{{ .uid }}-data",
      spec: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    },
  ],
  jobs: [
    {
      id: "init",
      nameTemplate: "{{ .uid }}-init",
      spec: { apiVersion: "batch/v1", kind: "Job", spec: { template: { spec: once } } },
    },
  ],
  cronJobs: [
    {
      id: "backup",
      nameTemplate: "{{ .uid }}-backup",
      spec: {
        apiVersion: "batch/v1",
        kind: "CronJob",
        spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: { spec: once } } } },
      },
    },
  ],
  ingresses: [
    {
      id: "ingress",
      nameTemplate: "{{ .uid }}-web",
      spec: {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        spec: {
          rules: [
            {
              host: "{{ .uid }}.example.com",
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: { service: { name: "{{ .uid }}-web", port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
    },
  ],
  networkPolicies: [
    {
      id: "policy",
      nameTemplate: "{{ .uid }}-web",
      spec: {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress"] },
      },
    },
  ],
  podDisruptionBudgets: [
    {
      id: "budget",
      nameTemplate: "{{ .uid }}-web",
      spec: {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        spec: { minAvailable: 1, selector: { matchLabels: labels } },
      },
    },
  ],
  horizontalPodAutoscalers: [
    {
      id: "scaler",
      nameTemplate: "{{ .uid }}-web",
      spec: {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "{{ .uid }}-web" },
          maxReplicas: 5,
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
          ],
        },
      },
    },
  ],
  manifests: [
    {
      id: "role",
      nameTemplate: "{{ .uid }}",
      spec: {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
      },
    },
  ],
};
