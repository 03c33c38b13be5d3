{{- define "inferometer.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "inferometer.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "inferometer.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "inferometer.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "inferometer.selectorLabels" -}}
app.kubernetes.io/name: {{ include "inferometer.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "inferometer.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "inferometer.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "inferometer.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "inferometer.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "inferometer.secretName" -}}
{{- default (include "inferometer.fullname" .) .Values.apiKey.existingSecret }}
{{- end }}

{{- define "inferometer.ports" -}}
- { name: http-api, port: 8002, targetPort: http-api, protocol: TCP }
- { name: http-otlp, port: 4318, targetPort: http-otlp, protocol: TCP }
- { name: grpc-otlp, port: 4317, targetPort: grpc-otlp, protocol: TCP, appProtocol: kubernetes.io/h2c }
- { name: http-metrics, port: 9464, targetPort: http-metrics, protocol: TCP }
- { name: http-console, port: 3002, targetPort: http-console, protocol: TCP }
{{- end }}
