/** Pods without their containers and volumes. Notation: ../notation.ts */
export const podTypes = `
package io.k8s.api.core.v1
Pod
  apiVersion kind: string
  metadata: ObjectMeta
  spec: PodSpec
  status: PodStatus
PodTemplateSpec
  metadata: ObjectMeta
  spec: PodSpec
PodSpec
  activeDeadlineSeconds: int64
  terminationGracePeriodSeconds: int64 = 30
  affinity: Affinity
  automountServiceAccountToken enableServiceLinks hostIPC hostNetwork hostPID hostUsers setHostnameAsFQDN shareProcessNamespace: boolean
  containers! initContainers: [Container] by name
  ephemeralContainers: [EphemeralContainer] by name
  dnsConfig: PodDNSConfig
  dnsPolicy: string(ClusterFirst|ClusterFirstWithHostNet|Default|None) = ClusterFirst
  restartPolicy: string(Always|OnFailure|Never) = Always
  schedulerName: string = default-scheduler
  hostname hostnameOverride nodeName preemptionPolicy priorityClassName runtimeClassName: string
  serviceAccount serviceAccountName subdomain: string
  hostAliases: [HostAlias] by ip
  imagePullSecrets: [LocalObjectReference] by name
  nodeSelector: {string} atomic
  os: PodOS
  overhead: {quantity}
  priority: int32
  readinessGates: [PodReadinessGate]
  resources: ResourceRequirements
  resourceClaims: [PodResourceClaim] by name retain
  schedulingGates: [PodSchedulingGate] by name
  securityContext: PodSecurityContext = {}
  tolerations: [Toleration]
  topologySpreadConstraints: [TopologySpreadConstraint] by topologyKey,whenUnsatisfiable merge topologyKey
  volumes: [Volume] by name retain
PodOS
  name!: string
PodSchedulingGate
  name!: string
PodResourceClaim
  name! resourceClaimName resourceClaimTemplateName: string
Affinity
  nodeAffinity: NodeAffinity
  podAffinity podAntiAffinity: PodAffinity
NodeAffinity
  preferredDuringSchedulingIgnoredDuringExecution: [PreferredSchedulingTerm]
  requiredDuringSchedulingIgnoredDuringExecution: NodeSelector
PreferredSchedulingTerm
  preference!: NodeSelectorTerm
  weight!: int32
NodeSelector atomic
  nodeSelectorTerms!: [NodeSelectorTerm]
NodeSelectorTerm atomic
  matchExpressions matchFields: [NodeSelectorRequirement]
NodeSelectorRequirement
  key! operator!: string
  values: [string]
PodAffinity
  preferredDuringSchedulingIgnoredDuringExecution: [WeightedPodAffinityTerm]
  requiredDuringSchedulingIgnoredDuringExecution: [PodAffinityTerm]
WeightedPodAffinityTerm
  podAffinityTerm!: PodAffinityTerm
  weight!: int32
PodAffinityTerm
  labelSelector namespaceSelector: LabelSelector
  matchLabelKeys mismatchLabelKeys namespaces: [string]
  topologyKey!: string
PodDNSConfig
  nameservers searches: [string]
  options: [PodDNSConfigOption]
PodDNSConfigOption
  name value: string
HostAlias
  hostnames: [string]
  ip: string
LocalObjectReference atomic
  name: string
PodReadinessGate
  conditionType!: string
PodSecurityContext
  appArmorProfile seccompProfile: SecurityProfile
  fsGroup runAsGroup runAsUser: int64
  fsGroupChangePolicy seLinuxChangePolicy supplementalGroupsPolicy: string
  runAsNonRoot: boolean
  seLinuxOptions: SELinuxOptions
  supplementalGroups: [int64]
  sysctls: [Sysctl]
  windowsOptions: any
SecurityProfile
  localhostProfile type!: string
SELinuxOptions
  level role type user: string
Sysctl
  name! value!: string
Toleration
  effect key operator value: string
  tolerationSeconds: int64
TopologySpreadConstraint
  labelSelector: LabelSelector
  matchLabelKeys: [string]
  maxSkew! minDomains: int32
  nodeAffinityPolicy nodeTaintsPolicy topologyKey! whenUnsatisfiable!: string
PodStatus
  conditions: [PodCondition] by type
  containerStatuses ephemeralContainerStatuses initContainerStatuses: [ContainerStatus]
  hostIP message nominatedNodeName phase podIP qosClass reason resize: string
  observedGeneration: int64
  hostIPs: [HostIP]
  podIPs: [PodIP] by ip
  resourceClaimStatuses: any
  startTime: time
HostIP
  ip: string
PodIP
  ip: string
PodCondition
  lastProbeTime lastTransitionTime: time
  message reason status! type!: string
  observedGeneration: int64
ContainerStatus
  allocatedResources: {quantity}
  allocatedResourcesStatus volumeMounts user: any
  containerID image! imageID! name! stopSignal: string
  lastState state: ContainerState
  ready! started: boolean
  resources: ResourceRequirements
  restartCount!: int32
ContainerState
  running: ContainerStateRunning
  terminated: ContainerStateTerminated
  waiting: ContainerStateWaiting
ContainerStateRunning
  startedAt: time
ContainerStateTerminated
  containerID message reason: string
  exitCode! signal: int32
  finishedAt startedAt: time
ContainerStateWaiting
  message reason: string
`;
