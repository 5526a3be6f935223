/** The rest of the core group. Notation: ../notation.ts */
export const coreTypes = `
package io.k8s.api.core.v1
Node
  apiVersion kind: string
  metadata: ObjectMeta
  spec: NodeSpec
  status: NodeStatus
NodeSpec
  configSource: any
  externalID podCIDR providerID: string
  podCIDRs: [string] set
  taints: [Taint]
  unschedulable: boolean
Taint
  effect! key! value: string
  timeAdded: time
NodeStatus
  addresses: [NodeAddress] by type
  allocatable capacity: {quantity}
  conditions: [NodeCondition] by type
  config daemonEndpoints features runtimeHandlers: any
  images: [ContainerImage]
  nodeInfo: NodeSystemInfo
  phase: string
  volumesAttached: [AttachedVolume]
  volumesInUse: [string]
NodeAddress
  address! type!: string
NodeCondition
  lastHeartbeatTime lastTransitionTime: time
  message reason status! type!: string
ContainerImage
  names: [string]
  sizeBytes: int64
NodeSystemInfo
  architecture bootID containerRuntimeVersion kernelVersion kubeProxyVersion kubeletVersion machineID: string
  operatingSystem osImage systemUUID: string
  swap: any
AttachedVolume
  devicePath! name!: string
Namespace
  apiVersion kind: string
  metadata: ObjectMeta
  spec: NamespaceSpec
  status: NamespaceStatus
NamespaceSpec
  finalizers: [string]
NamespaceStatus
  conditions: [NamespaceCondition] by type
  phase: string
NamespaceCondition
  lastTransitionTime: time
  message reason status! type!: string
ConfigMap
  apiVersion kind: string
  metadata: ObjectMeta
  binaryData: {bytes}
  data: {string}
  immutable: boolean
Secret
  apiVersion kind: string
  metadata: ObjectMeta
  data: {bytes}
  immutable: boolean
  stringData: {string}
  type: string = Opaque
ServiceAccount
  apiVersion kind: string
  metadata: ObjectMeta
  automountServiceAccountToken: boolean
  imagePullSecrets: [LocalObjectReference]
  secrets: [ObjectReference] by name
Service
  apiVersion kind: string
  metadata: ObjectMeta
  spec: ServiceSpec
  status: ServiceStatus
ServiceSpec
  allocateLoadBalancerNodePorts publishNotReadyAddresses: boolean
  clusterIP externalName externalTrafficPolicy ipFamilyPolicy loadBalancerClass loadBalancerIP: string
  internalTrafficPolicy trafficDistribution: string
  sessionAffinity: string(None|ClientIP) = None
  type: string(ClusterIP|NodePort|LoadBalancer|ExternalName) = ClusterIP
  clusterIPs externalIPs ipFamilies loadBalancerSourceRanges: [string]
  healthCheckNodePort: int32
  ports: [ServicePort] by port,protocol merge port
  selector: {string} atomic
  sessionAffinityConfig: any
ServicePort
  appProtocol name: string
  protocol: string(TCP|UDP|SCTP) = TCP
  nodePort port!: int32
  targetPort: intstr
ServiceStatus
  conditions: [Condition] by type
  loadBalancer: any
Event
  metadata!: ObjectMeta
  apiVersion kind: string
  action message reason reportingComponent reportingInstance type: string
  count: int32
  eventTime: microtime
  firstTimestamp lastTimestamp: time
  involvedObject! related: ObjectReference
  series: EventSeries
  source: EventSource
EventSeries
  count: int32
  lastObservedTime: microtime
EventSource
  component host: string

package io.k8s.api.events.v1
Event
  metadata: ObjectMeta
  apiVersion kind: string
  action note reason reportingController reportingInstance type: string
  deprecatedCount: int32
  deprecatedFirstTimestamp deprecatedLastTimestamp: time
  deprecatedSource: EventSource
  eventTime!: microtime
  regarding related: ObjectReference
  series: EventSeries
EventSeries
  count!: int32
  lastObservedTime!: microtime
`;
