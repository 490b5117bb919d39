{{- define "annotations" }}
    owner: team-blue@example.com
  {{- if .Values.keep }}
    helm.sh/resource-policy: keep
  {{- end }}
{{- end }}
