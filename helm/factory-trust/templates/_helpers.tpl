{{- define "factory-trust.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "factory-trust.fullname" -}}
{{- $name := include "factory-trust.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "factory-trust.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "factory-trust.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "factory-trust.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{/* Selectors are immutable: never a version here. */}}
{{- define "factory-trust.selectorLabels" -}}
app.kubernetes.io/name: {{ include "factory-trust.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "factory-trust.labels" -}}
{{ include "factory-trust.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The image has no Windows in it. */}}
{{- define "factory-trust.nodeSelector" -}}
{{ merge (dict) .Values.nodeSelector (dict "kubernetes.io/os" "linux") | toYaml }}
{{- end -}}

{{/* What the operator may do in a namespace that it watches. Only namespaced kinds, so that a RoleBinding, or a Role, per
namespace can take the ClusterRoleBinding's place. */}}
{{- define "factory-trust.rules" -}}
# patch puts the finalizer of deletionPolicy Delete, and nothing else; publish is the right to write metadata ConfigMaps.
# admission.yaml refuses any other change, and others.
- apiGroups: [factory-trust.dev]
  resources: [factories]
  verbs: [get, list, watch, patch, publish]
# The operator declares version 1 of an offline root, and proposals; a RootRotation's spec is immutable.
- apiGroups: [factory-trust.dev]
  resources: [rootrotations]
  verbs: [get, list, watch, create, delete]
- apiGroups: [factory-trust.dev]
  resources: [targets]
  verbs: [get, list, watch]
- apiGroups: [factory-trust.dev]
  resources: [factories/status, rootrotations/status, targets/status]
  verbs: [patch, update]
# Metadata and payloads. update is the timestamp's, the one commit point; all others are immutable.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch, create, update, delete]
# Keys and signatures: made, read and erased, never changed.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, delete]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
