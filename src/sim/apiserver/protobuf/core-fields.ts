/** Field numbers of the rest of the core group. Notation: ./table.ts */
export const coreFields = `
package io.k8s.api.core.v1
Node = metadata:ObjectMeta spec:NodeSpec status:NodeStatus
NodeSpec = podCIDR externalID providerID unschedulable? taints*Taint @7 podCIDRs*
Taint = key value effect timeAdded:Time
NodeStatus = capacity%Quantity allocatable%Quantity phase conditions*NodeCondition addresses*NodeAddress
  daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo images*ContainerImage volumesInUse*
  volumesAttached*AttachedVolume
NodeCondition = type status lastHeartbeatTime:Time lastTransitionTime:Time reason message
NodeAddress = type address
NodeDaemonEndpoints = kubeletEndpoint:DaemonEndpoint
DaemonEndpoint = Port#
NodeSystemInfo = machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion
  kubeProxyVersion operatingSystem architecture
ContainerImage = names* sizeBytes#
AttachedVolume = name devicePath
Namespace = metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
NamespaceSpec = finalizers*
NamespaceStatus = phase conditions*NamespaceCondition
NamespaceCondition = type status @4 lastTransitionTime:Time reason message
PersistentVolume = metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus
PersistentVolumeSpec = capacity%Quantity ^persistentVolumeSource:PersistentVolumeSource accessModes*
  claimRef:ObjectReference persistentVolumeReclaimPolicy storageClassName mountOptions* volumeMode
  nodeAffinity:VolumeNodeAffinity volumeAttributesClassName
PersistentVolumeSource = @3 hostPath:HostPathVolumeSource @5 nfs:NFSVolumeSource @20 local:LocalVolumeSource @22
  csi:CSIPersistentVolumeSource
SecretReference = name namespace
LocalVolumeSource = path fsType
ObjectReference = kind namespace name uid apiVersion resourceVersion fieldPath
CSIPersistentVolumeSource = driver volumeHandle readOnly? fsType volumeAttributes%
  controllerPublishSecretRef:SecretReference nodeStageSecretRef:SecretReference
  nodePublishSecretRef:SecretReference controllerExpandSecretRef:SecretReference
  nodeExpandSecretRef:SecretReference
VolumeNodeAffinity = required:NodeSelector
PersistentVolumeStatus = phase message reason lastPhaseTransitionTime:Time
PersistentVolumeClaim = metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
PersistentVolumeClaimStatus = phase accessModes* capacity%Quantity conditions*PersistentVolumeClaimCondition
  allocatedResources%Quantity @7 allocatedResourceStatuses% currentVolumeAttributesClassName
PersistentVolumeClaimCondition = type status lastProbeTime:Time lastTransitionTime:Time reason message
ConfigMap = metadata:ObjectMeta data% binaryData%$ immutable?
Secret = metadata:ObjectMeta data%$ type stringData% immutable?
ServiceAccount = metadata:ObjectMeta secrets*ObjectReference imagePullSecrets*LocalObjectReference
  automountServiceAccountToken?
Service = metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
ServiceSpec = ports*ServicePort selector% clusterIP type externalIPs* @7 sessionAffinity loadBalancerIP
  loadBalancerSourceRanges* externalName externalTrafficPolicy healthCheckNodePort# publishNotReadyAddresses?
  sessionAffinityConfig:SessionAffinityConfig @17 ipFamilyPolicy clusterIPs* ipFamilies*
  allocateLoadBalancerNodePorts? loadBalancerClass internalTrafficPolicy trafficDistribution
ServicePort = name protocol port# targetPort:IntOrString nodePort# appProtocol
SessionAffinityConfig = clientIP:ClientIPConfig
ClientIPConfig = timeoutSeconds#
ServiceStatus = loadBalancer:LoadBalancerStatus conditions*Condition
LoadBalancerStatus = ingress*LoadBalancerIngress
LoadBalancerIngress = ip hostname @4 ports*PortStatus
PortStatus = port# protocol error
Event = metadata:ObjectMeta involvedObject:ObjectReference reason message source:EventSource firstTimestamp:Time
  lastTimestamp:Time count# type eventTime:MicroTime series:EventSeries action related:ObjectReference
  reportingComponent reportingInstance
EventSource = component host
EventSeries = count# lastObservedTime:MicroTime
Binding = metadata:ObjectMeta target:ObjectReference
PodTemplateSpec = metadata:ObjectMeta spec:PodSpec
TopologySelectorTerm = matchLabelExpressions*TopologySelectorLabelRequirement
TopologySelectorLabelRequirement = key values*
`;
