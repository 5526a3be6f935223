/** Notation: ../notation.ts */
export const containerTypes = `
package io.k8s.api.core.v1
Container
  name!: string
  image workingDir restartPolicy: string
  imagePullPolicy: string(Always|IfNotPresent|Never)
  terminationMessagePath: string = /dev/termination-log
  terminationMessagePolicy: string(File|FallbackToLogsOnError) = File
  args command: [string]
  env: [EnvVar] by name
  envFrom: [EnvFromSource]
  lifecycle: Lifecycle
  livenessProbe readinessProbe startupProbe: Probe
  ports: [ContainerPort] by containerPort,protocol merge containerPort
  resizePolicy: [ContainerResizePolicy]
  resources: ResourceRequirements = {}
  securityContext: SecurityContext
  stdin stdinOnce tty: boolean
  volumeDevices: [VolumeDevice] by devicePath
  volumeMounts: [VolumeMount] by mountPath
EphemeralContainer
  name! image imagePullPolicy targetContainerName terminationMessagePath terminationMessagePolicy: string
  workingDir restartPolicy: string
  args command: [string]
  env: [EnvVar] by name
  envFrom: [EnvFromSource]
  lifecycle: Lifecycle
  livenessProbe readinessProbe startupProbe: Probe
  ports: [ContainerPort] by containerPort,protocol merge containerPort
  resizePolicy: [ContainerResizePolicy]
  resources: ResourceRequirements
  securityContext: SecurityContext
  stdin stdinOnce tty: boolean
  volumeDevices: [VolumeDevice] by devicePath
  volumeMounts: [VolumeMount] by mountPath
ContainerResizePolicy
  resourceName! restartPolicy!: string
EnvVar
  name! value: string
  valueFrom: EnvVarSource
EnvVarSource
  configMapKeyRef secretKeyRef: KeySelector
  fieldRef: ObjectFieldSelector
  resourceFieldRef: ResourceFieldSelector
KeySelector atomic
  key! name: string
  optional: boolean
ObjectFieldSelector atomic
  apiVersion: string = v1
  fieldPath!: string
ResourceFieldSelector atomic
  containerName resource!: string
  divisor: quantity
EnvFromSource
  configMapRef secretRef: EnvSource
  prefix: string
EnvSource
  name: string
  optional: boolean
Lifecycle
  postStart preStop: LifecycleHandler
  stopSignal: string
LifecycleHandler
  exec: ExecAction
  httpGet: HTTPGetAction
  sleep: SleepAction
  tcpSocket: TCPSocketAction
ExecAction
  command: [string]
SleepAction
  seconds!: int64
HTTPGetAction
  host: string
  path: string = /
  scheme: string(HTTP|HTTPS) = HTTP
  httpHeaders: [HTTPHeader]
  port!: intstr
HTTPHeader
  name! value!: string
TCPSocketAction
  host: string
  port!: intstr
GRPCAction
  port!: int32
  service: string = ""
Probe
  exec: ExecAction
  grpc: GRPCAction
  httpGet: HTTPGetAction
  tcpSocket: TCPSocketAction
  initialDelaySeconds: int32
  timeoutSeconds: int32 = 1
  periodSeconds: int32 = 10
  successThreshold: int32 = 1
  failureThreshold: int32 = 3
  terminationGracePeriodSeconds: int64
ContainerPort
  containerPort! hostPort: int32
  hostIP name: string
  protocol: string(TCP|UDP|SCTP) = TCP
ResourceRequirements
  limits requests: {quantity}
  claims: [ResourceClaim] by name
ResourceClaim
  name! request: string
SecurityContext
  allowPrivilegeEscalation privileged readOnlyRootFilesystem runAsNonRoot: boolean
  appArmorProfile seccompProfile: SecurityProfile
  capabilities: Capabilities
  procMount: string
  runAsGroup runAsUser: int64
  seLinuxOptions: SELinuxOptions
  windowsOptions: any
Capabilities
  add drop: [string]
VolumeDevice
  devicePath! name!: string
VolumeMount
  mountPath! mountPropagation name! recursiveReadOnly subPath subPathExpr: string
  readOnly: boolean
`;
