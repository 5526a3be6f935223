/** Field numbers of pods and what they are made of. Notation: ./table.ts */
export const podFields = `
package io.k8s.api.core.v1
Pod = metadata:ObjectMeta spec:PodSpec status:PodStatus
PodSpec = volumes*Volume containers*Container restartPolicy terminationGracePeriodSeconds#
  activeDeadlineSeconds# dnsPolicy nodeSelector% serviceAccountName serviceAccount nodeName hostNetwork?
  hostPID? hostIPC? securityContext:PodSecurityContext imagePullSecrets*LocalObjectReference hostname subdomain
  affinity:Affinity schedulerName initContainers*Container automountServiceAccountToken? tolerations*Toleration
  hostAliases*HostAlias priorityClassName priority# dnsConfig:PodDNSConfig shareProcessNamespace?
  readinessGates*PodReadinessGate runtimeClassName enableServiceLinks? preemptionPolicy overhead%Quantity
  topologySpreadConstraints*TopologySpreadConstraint ephemeralContainers*EphemeralContainer setHostnameAsFQDN?
  os:PodOS hostUsers? schedulingGates*PodSchedulingGate @40 resources:ResourceRequirements
Volume = name ^volumeSource:VolumeSource
VolumeSource = hostPath:HostPathVolumeSource emptyDir:EmptyDirVolumeSource @6 secret:SecretVolumeSource
  nfs:NFSVolumeSource @10 persistentVolumeClaim:PersistentVolumeClaimVolumeSource @16
  downwardAPI:DownwardAPIVolumeSource @19 configMap:ConfigMapVolumeSource @26 projected:ProjectedVolumeSource
  @28 csi:CSIVolumeSource ephemeral:EphemeralVolumeSource
HostPathVolumeSource = path type
EmptyDirVolumeSource = medium sizeLimit:Quantity
SecretVolumeSource = secretName items*KeyToPath defaultMode# optional?
KeyToPath = key path mode#
NFSVolumeSource = server path readOnly?
LocalObjectReference = name
PersistentVolumeClaimVolumeSource = claimName readOnly?
DownwardAPIVolumeSource = items*DownwardAPIVolumeFile defaultMode#
DownwardAPIVolumeFile = path fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector mode#
ObjectFieldSelector = apiVersion fieldPath
ResourceFieldSelector = containerName resource divisor:Quantity
ConfigMapVolumeSource = ^localObjectReference:LocalObjectReference items*KeyToPath defaultMode# optional?
ProjectedVolumeSource = sources*VolumeProjection defaultMode#
VolumeProjection = secret:SecretProjection downwardAPI:DownwardAPIProjection configMap:ConfigMapProjection
  serviceAccountToken:ServiceAccountTokenProjection
SecretProjection = ^localObjectReference:LocalObjectReference items*KeyToPath @4 optional?
DownwardAPIProjection = items*DownwardAPIVolumeFile
ConfigMapProjection = ^localObjectReference:LocalObjectReference items*KeyToPath @4 optional?
ServiceAccountTokenProjection = audience expirationSeconds# path
CSIVolumeSource = driver readOnly? fsType volumeAttributes% nodePublishSecretRef:LocalObjectReference
EphemeralVolumeSource = volumeClaimTemplate:PersistentVolumeClaimTemplate
PersistentVolumeClaimTemplate = metadata:ObjectMeta spec:PersistentVolumeClaimSpec
PersistentVolumeClaimSpec = accessModes* resources:ResourceRequirements volumeName selector:LabelSelector
  storageClassName volumeMode dataSource:TypedLocalObjectReference dataSourceRef:TypedObjectReference
  volumeAttributesClassName
ResourceRequirements = limits%Quantity requests%Quantity
TypedLocalObjectReference = apiGroup kind name
TypedObjectReference = apiGroup kind name namespace
Container = name image command* args* workingDir ports*ContainerPort env*EnvVar resources:ResourceRequirements
  volumeMounts*VolumeMount livenessProbe:Probe readinessProbe:Probe lifecycle:Lifecycle terminationMessagePath
  imagePullPolicy securityContext:SecurityContext stdin? stdinOnce? tty? envFrom*EnvFromSource
  terminationMessagePolicy volumeDevices*VolumeDevice startupProbe:Probe @24 restartPolicy
ContainerPort = name hostPort# containerPort# protocol hostIP
EnvVar = name value valueFrom:EnvVarSource
EnvVarSource = fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector
ConfigMapKeySelector = ^localObjectReference:LocalObjectReference key optional?
SecretKeySelector = ^localObjectReference:LocalObjectReference key optional?
VolumeMount = name readOnly? mountPath subPath mountPropagation subPathExpr
Probe = ^handler:Handler initialDelaySeconds# timeoutSeconds# periodSeconds# successThreshold# failureThreshold#
  terminationGracePeriodSeconds#
Handler = exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction
ExecAction = command*
HTTPGetAction = path port:IntOrString host scheme httpHeaders*HTTPHeader
HTTPHeader = name value
TCPSocketAction = port:IntOrString host
GRPCAction = port# service
Lifecycle = postStart:Handler preStop:Handler
SecurityContext = capabilities:Capabilities privileged? seLinuxOptions:SELinuxOptions runAsUser# runAsNonRoot?
  readOnlyRootFilesystem? allowPrivilegeEscalation? runAsGroup# procMount
  windowsOptions:WindowsSecurityContextOptions seccompProfile:SeccompProfile
Capabilities = add* drop*
SELinuxOptions = user role type level
WindowsSecurityContextOptions = gmsaCredentialSpecName gmsaCredentialSpec runAsUserName
SeccompProfile = type localhostProfile
EnvFromSource = prefix configMapRef:ConfigMapEnvSource secretRef:SecretEnvSource
ConfigMapEnvSource = ^localObjectReference:LocalObjectReference optional?
SecretEnvSource = ^localObjectReference:LocalObjectReference optional?
VolumeDevice = name devicePath
PodSecurityContext = seLinuxOptions:SELinuxOptions runAsUser# runAsNonRoot? supplementalGroups#* fsGroup#
  runAsGroup# sysctls*Sysctl windowsOptions:WindowsSecurityContextOptions fsGroupChangePolicy
  seccompProfile:SeccompProfile
Sysctl = name value
Affinity = nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
NodeAffinity = requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution*PreferredSchedulingTerm
NodeSelector = nodeSelectorTerms*NodeSelectorTerm
NodeSelectorTerm = matchExpressions*NodeSelectorRequirement matchFields*NodeSelectorRequirement
NodeSelectorRequirement = key operator values*
PreferredSchedulingTerm = weight# preference:NodeSelectorTerm
PodAffinity = requiredDuringSchedulingIgnoredDuringExecution*PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution*WeightedPodAffinityTerm
PodAffinityTerm = labelSelector:LabelSelector namespaces* topologyKey namespaceSelector:LabelSelector
  matchLabelKeys* mismatchLabelKeys*
WeightedPodAffinityTerm = weight# podAffinityTerm:PodAffinityTerm
PodAntiAffinity = requiredDuringSchedulingIgnoredDuringExecution*PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution*WeightedPodAffinityTerm
Toleration = key operator value effect tolerationSeconds#
HostAlias = ip hostnames*
PodDNSConfig = nameservers* searches* options*PodDNSConfigOption
PodDNSConfigOption = name value
PodReadinessGate = conditionType
TopologySpreadConstraint = maxSkew# topologyKey whenUnsatisfiable labelSelector:LabelSelector minDomains#
  nodeAffinityPolicy nodeTaintsPolicy matchLabelKeys*
EphemeralContainer = ^ephemeralContainerCommon:EphemeralContainerCommon targetContainerName
EphemeralContainerCommon = name image command* args* workingDir ports*ContainerPort env*EnvVar
  resources:ResourceRequirements volumeMounts*VolumeMount livenessProbe:Probe readinessProbe:Probe
  lifecycle:Lifecycle terminationMessagePath imagePullPolicy securityContext:SecurityContext stdin? stdinOnce?
  tty? envFrom*EnvFromSource terminationMessagePolicy volumeDevices*VolumeDevice startupProbe:Probe
PodOS = name
PodSchedulingGate = name
PodStatus = phase conditions*PodCondition message reason hostIP podIP startTime:Time
  containerStatuses*ContainerStatus qosClass initContainerStatuses*ContainerStatus nominatedNodeName
  podIPs*PodIP ephemeralContainerStatuses*ContainerStatus
PodCondition = type status lastProbeTime:Time lastTransitionTime:Time reason message
PodIP = ip
ContainerStatus = name state:ContainerState lastState:ContainerState ready? restartCount# image imageID
  containerID started?
ContainerState = waiting:ContainerStateWaiting running:ContainerStateRunning terminated:ContainerStateTerminated
ContainerStateWaiting = reason message
ContainerStateRunning = startedAt:Time
ContainerStateTerminated = exitCode# signal# reason message startedAt:Time finishedAt:Time containerID
`;
